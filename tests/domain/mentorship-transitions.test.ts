import {
  type Mentorship,
  type MentorshipId,
  mentorshipStatuses,
  newLink,
  newRequest,
  type Party,
  partyOf,
  applyExpiry,
  cameToNothing,
  hasWords,
  type Side,
  sideOf,
  transition,
  type UserId,
  withoutWords,
} from '@mentorship/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../support/refusals.ts';
import { allowedBy, statuses } from '../support/mentorships/transition-table.ts';

const [mentor, mentee, outsider] = [1, 2, 3] as UserId[] as [UserId, UserId, UserId];
const pair = { mentorId: mentor, menteeId: mentee };
const parties: readonly Party[] = ['sender', 'recipient', 'service'];

const lifetime = 14 * 24 * 60 * 60;
const created = Date.UTC(2026, 0, 1) + 250;
const expires = created + lifetime * 1000;
const started = created + 1000;
const ended = created + 2000;
const now = created + 3000;

const asked: Mentorship = {
  ...newRequest(pair, { requestedBy: 'mentee', message: 'Please.', at: created, lifetime }),
  id: 7 as MentorshipId,
};

/** The fields of a mentorship in each status. */
const stored: Readonly<Record<Mentorship['status'], Partial<Mentorship>>> = {
  requested: {},
  active: { startedAt: started, version: 2, reason: 'Gladly.' },
  declined: { endedAt: ended, version: 2, reason: 'No.' },
  cancelled: { endedAt: ended, version: 2, reason: null },
  expired: { endedAt: expires, version: 2, reason: null },
  completed: { startedAt: started, endedAt: ended, version: 3, reason: 'Done.' },
  ended: { startedAt: started, endedAt: ended, version: 3, reason: 'replaced' },
};
const inStatus = (status: Mentorship['status']): Mentorship => ({ ...asked, status, ...stored[status] });

describe('the table of transitions', () => {
  const cells = statuses.flatMap((from) => statuses.flatMap((to) => parties.map((by) => [from, to, by] as const)));
  const isAllowed = ([from, to, by]: (typeof cells)[number]) => allowedBy(by, from).includes(to);

  test('allows 10 of its 147 combinations of two statuses and a party', () => {
    expect(mentorshipStatuses).toEqual(statuses);
    expect(cells).toHaveLength(147);
    expect(cells.filter(isAllowed)).toHaveLength(10);
  });

  test.each(cells.filter(isAllowed))('allows %s to %s by the %s, and changes nothing else', (from, to, by) => {
    for (const reason of ['because', null]) {
      const before = Object.freeze(inStatus(from));
      expect(transition(before, to, { by, reason, at: now })).toStrictEqual({
        ...before,
        status: to,
        reason,
        version: before.version + 1,
        ...(to === 'active' ? { startedAt: now } : { endedAt: now }),
      });
    }
  });

  test.each(cells.filter((cell) => !isAllowed(cell)))('refuses %s to %s by the %s', (from, to, by) => {
    expect(() => transition(inStatus(from), to, { by, reason: null, at: now })).toThrow(
      expect.objectContaining(
        refusal('illegal_transition', { status: from, to, allowed: allowedBy(by, from) }),
      ) as Error,
    );
  });

  test('keeps fields of extended types', () => {
    const named = { ...asked, mentorUsername: 'alice' };
    const declined = transition(named, 'declined', { by: 'recipient', reason: null, at: now });
    expect(declined).toHaveProperty('mentorUsername', 'alice');
  });
});

test('after any sequence of attempts, the timestamps fit the status and the version counts the changes', () => {
  const tries = fc.array(fc.tuple(fc.constantFrom(...statuses), fc.constantFrom(...parties)), { maxLength: 30 });
  fc.assert(
    fc.property(tries, (steps) => {
      let mentorship = asked;
      const path = [mentorship.status];
      for (const [index, [to, by]] of steps.entries()) {
        if (!allowedBy(by, mentorship.status).includes(to)) continue;
        mentorship = transition(mentorship, to, { by, reason: null, at: created + index });
        path.push(to);
      }
      const open = mentorship.status === 'requested' || mentorship.status === 'active';
      expect(path.length).toBeLessThanOrEqual(3);
      expect(mentorship.version).toBe(path.length);
      expect(mentorship.startedAt === null).toBe(!path.includes('active'));
      expect(mentorship.endedAt === null).toBe(open);
    }),
  );
});

describe('a user', () => {
  test.each<[who: string, UserId, Side | null, offered: Party | null, asked: Party | null]>([
    ['who is the mentor', mentor, 'mentor', 'sender', 'recipient'],
    ['who is the mentee', mentee, 'mentee', 'recipient', 'sender'],
    ['outside the mentorship', outsider, null, null, null],
  ])('%s (%i) has the side %s, is the %s of an offer and the %s of a request', (_, user, side, ofOffer, ofRequest) => {
    expect(sideOf(pair, user)).toBe(side);
    expect(partyOf({ ...asked, requestedBy: 'mentor' }, user)).toBe(ofOffer);
    expect(partyOf({ ...asked, requestedBy: 'mentee' }, user)).toBe(ofRequest);
  });
});

describe('applyExpiry', () => {
  const expired = { ...asked, status: 'expired', endedAt: expires, version: 2 };

  test.each([
    ['when it is created', created],
    ['in its last millisecond', expires - 1],
  ])('keeps a request open %s', (_, at) => {
    expect(applyExpiry(asked, at)).toBe(asked);
  });

  test.each([
    ['when it expires', expires],
    ['a millisecond later', expires + 1],
    ['long after', expires * 2],
  ])('expires a request %s, as of its expiry', (_, at) => {
    const seen = applyExpiry(asked, at);
    expect(seen).toStrictEqual(expired);
    // Applying it again changes nothing, by any clock.
    for (const again of [created, at, at * 2]) expect(applyExpiry(seen, again)).toBe(seen);
  });

  test.each(statuses.filter((status) => status !== 'requested'))('never changes a mentorship that is %s', (status) => {
    const mentorship = inStatus(status);
    for (const at of [created, expires, expires * 2]) expect(applyExpiry(mentorship, at)).toBe(mentorship);
  });
});

describe('a new mentorship is', () => {
  test.each<[Side, message: string | null]>([
    ['mentee', 'Please.'],
    ['mentor', null],
  ])('a request by the %s with the message %j', (requestedBy, message) => {
    expect(newRequest(pair, { requestedBy, message, at: created, lifetime: 60 })).toStrictEqual({
      ...pair,
      status: 'requested',
      requestedBy,
      message,
      reason: null,
      createdAt: created,
      expiresAt: created + 60_000,
      startedAt: null,
      endedAt: null,
      version: 1,
    });
  });

  test('active at once when a mentee names a mentor', () => {
    expect(newLink(pair, created)).toStrictEqual({
      ...pair,
      status: 'active',
      requestedBy: 'mentee',
      message: null,
      reason: null,
      createdAt: created,
      expiresAt: null,
      startedAt: created,
      endedAt: null,
      version: 1,
    });
  });
});

describe('the words of a mentorship', () => {
  test.each<[Mentorship['status'], cameToNothingAt: number]>([
    ['requested', expires],
    ['declined', ended],
    ['cancelled', ended],
    ['expired', expires],
  ])('outlive their purpose when the request came to nothing: %s', (status, at) => {
    const times = [at - 1, at, at + 1e12];
    expect(times.map((time) => cameToNothing(inStatus(status), time))).toEqual([false, true, true]);
  });

  test.each(['active', 'completed', 'ended'] as const)('stay with a mentorship that began: %s', (status) => {
    expect(cameToNothing(inStatus(status), expires + 1e12)).toBe(false);
  });

  test.each<[message: string | null, reason: string | null, left: string | null]>([
    ['Please.', 'No.', null],
    ['Please.', 'matched', 'matched'],
    [null, 'No.', null],
    [null, 'account_ended', 'account_ended'],
    [null, null, null],
  ])('%j and %j leave %j', (message, reason, left) => {
    const before = { ...inStatus('declined'), message, reason };
    expect(withoutWords(before)).toEqual({ ...before, message: null, reason: left, version: before.version + 1 });
    expect(hasWords(before)).toBe(message !== null || reason !== left);
    expect(hasWords(withoutWords(before))).toBe(false);
  });
});
