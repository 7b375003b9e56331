import type { MentorshipStatus, NamedMentorship } from '@mentorship/domain';
import { describe, expect, test } from 'vitest';
import { everythingIn } from '../../support/mentorships/mentorships.ts';
import { type Cast, gather, type Way, ways } from '../../support/mentorships/mentorship-states.ts';
import { refusal } from '../../support/refusals.ts';
import { allowedBy, statuses } from '../../support/mentorships/transition-table.ts';

type Actor = 'mentor' | 'mentee' | 'stranger';
const actors: readonly Actor[] = ['mentor', 'mentee', 'stranger'];

/** What the table lets the actor make of it. */
const allowedTo = (actor: Actor, { status, requestedBy }: Way): MentorshipStatus[] =>
  actor === 'stranger' ? [] : allowedBy(actor === requestedBy ? 'sender' : 'recipient', status);

const cells = ways.flatMap((way) => actors.flatMap((actor) => statuses.map((to) => ({ ...way, way, actor, to }))));
const possible = cells.filter(({ way, actor, to }) => allowedTo(actor, way).includes(to));
const impossible = cells.filter((cell) => !possible.includes(cell));

/** Somebody else also asks the mentor, and the mentee also asks somebody else. */
const entangle = async ({ dealings, mentor, mentee, stranger }: Cast): Promise<void> => {
  await dealings.ask(stranger, mentor);
  await dealings.ask(mentee, stranger);
};

const members = ({ mentor, mentee, stranger, elsewhere }: Cast) => [mentor, mentee, stranger, elsewhere];

test('every status is reached, 26 ways in all, and each is tried by three parties to all seven', () => {
  expect(ways.map(({ how }) => how)).toHaveLength(26);
  expect(new Set(ways.map(({ status }) => status))).toEqual(new Set(statuses));
  expect([cells.length, possible.length, impossible.length]).toEqual([546, 22, 524]);
});

test.each(ways)('a mentorship $how is $status', async ({ go, status, requestedBy, written }) => {
  const cast = await gather();
  const { id } = await go(cast);
  const { stored, lists } = await everythingIn(cast.app, members(cast));
  expect(stored[id - 1]?.status).toBe(written ? status : 'requested');
  for (const { mentorships } of lists.slice(0, 2))
    expect(mentorships.find((one) => one.id === id)).toMatchObject({ status, requestedBy });
});

describe('the table lets pass', () => {
  test.each(possible)('$how, to $to by the $actor', async ({ go, actor, to }) => {
    const cast = await gather();
    const { app, dealings, mentor, mentee } = cast;
    const before = await go(cast);
    await entangle(cast);
    app.clock.advance(1000);
    const { stored, users } = await everythingIn(app, members(cast));

    const moved = {
      ...before,
      status: to,
      reason: 'because',
      version: before.version + 1,
      ...(to === 'active' ? { startedAt: app.clock.now() } : { endedAt: app.clock.now() }),
    };
    expect(await dealings.change(cast[actor], before, to, { reason: 'because' })).toStrictEqual(moved);

    // Of everything else only what the mentee has asked of others is over, once they have a mentor.
    const isOvertaken = ({ id, menteeId, status }: NamedMentorship) =>
      to === 'active' && id !== before.id && menteeId === mentee.id && status === 'requested';
    const overtaken = { status: 'cancelled', reason: 'matched', endedAt: app.clock.now(), version: 2 } as const;
    const kept = stored.map((one) =>
      one.id === before.id ? moved : isOvertaken(one) ? { ...one, ...overtaken } : one,
    );
    const after = await everythingIn(app, members(cast));
    expect(after.stored).toStrictEqual(kept);
    for (const [index, member] of members(cast).entries())
      expect(after.lists[index]?.mentorships).toStrictEqual(ownOf(member.id, kept));

    for (const [one, other] of [[mentor, mentee] as const, [mentee, mentor] as const]) {
      expect(await dealings.view(one, before)).toStrictEqual(moved);
      expect(await dealings.between(one, other)).toStrictEqual(ownOf(one.id, ownOf(other.id, kept)));
    }
    const mentorUsername = to === 'active' ? mentor.username : null;
    const linked = users.users.map(({ id, mentorUsername: present }) => {
      const touched = id === mentee.id && (to === 'active' || before.status === 'active');
      return { id, mentorUsername: touched ? mentorUsername : present };
    });
    expect(after.users.users.map(({ id, mentorUsername }) => ({ id, mentorUsername }))).toEqual(linked);
    expect(await dealings.links()).toEqual(to === 'active' ? ['mona > emil'] : []);
  });
});

/** Those in which the user takes part, the newest first. */
const ownOf = (user: NamedMentorship['menteeId'], all: readonly NamedMentorship[]): NamedMentorship[] =>
  all.filter(({ menteeId, mentorId }) => menteeId === user || mentorId === user).toSorted((a, b) => b.id - a.id);

describe('the table refuses, and nothing at all changes', () => {
  test.each(impossible)('$how, to $to by the $actor', async ({ go, way, actor, to }) => {
    const cast = await gather();
    const mentorship = await go(cast);
    if (way.written) await entangle(cast);
    cast.app.clock.advance(1000);
    const before = await everythingIn(cast.app, members(cast));
    const refused =
      actor === 'stranger'
        ? refusal('mentorship_not_found', {})
        : refusal('illegal_transition', { status: way.status, to, allowed: allowedTo(actor, way) });
    await expect(cast.dealings.change(cast[actor], mentorship, to, { reason: 'because' })).rejects.toMatchObject(
      refused,
    );
    expect(await everythingIn(cast.app, members(cast))).toStrictEqual(before);
  });
});
