import type { MentorshipStatus, NamedMentorship } from '@mentorship/domain';
import { describe, expect, test } from 'vitest';
import { everythingIn } from '../../support/mentorships/mentorships.ts';
import { type Cast, createCast, type Way, ways } from '../../support/mentorships/mentorship-states.ts';
import { refusal } from '../../support/refusals.ts';
import { allowedBy, statuses } from '../../support/mentorships/transition-table.ts';

type Actor = 'mentor' | 'mentee' | 'outsider';
const actors: readonly Actor[] = ['mentor', 'mentee', 'outsider'];

/** The statuses that the table allows the actor to set. */
const allowedTo = (actor: Actor, { status, requestedBy }: Way): MentorshipStatus[] =>
  actor === 'outsider' ? [] : allowedBy(actor === requestedBy ? 'sender' : 'recipient', status);

const cells = ways.flatMap((way) => actors.flatMap((actor) => statuses.map((to) => ({ ...way, way, actor, to }))));
const allowed = cells.filter(({ way, actor, to }) => allowedTo(actor, way).includes(to));
const forbidden = cells.filter((cell) => !allowed.includes(cell));

/** Another user also asks the mentor, and the mentee also asks another user. */
const addOtherRequests = async ({ mentorships, mentor, mentee, outsider }: Cast): Promise<void> => {
  await mentorships.ask(outsider, mentor);
  await mentorships.ask(mentee, outsider);
};

const members = ({ mentor, mentee, outsider, otherMentor }: Cast) => [mentor, mentee, outsider, otherMentor];

test('every status is reached in 26 ways, and each is tried by three users with all seven statuses', () => {
  expect(ways.map(({ how }) => how)).toHaveLength(26);
  expect(new Set(ways.map(({ status }) => status))).toEqual(new Set(statuses));
  expect([cells.length, allowed.length, forbidden.length]).toEqual([546, 22, 524]);
});

test.each(ways)('a mentorship $how is $status', async ({ run, status, requestedBy, stored: isStored }) => {
  const cast = await createCast();
  const { id } = await run(cast);
  const { stored, lists } = await everythingIn(cast.app, members(cast));
  expect(stored[id - 1]?.status).toBe(isStored ? status : 'requested');
  for (const { mentorships } of lists.slice(0, 2))
    expect(mentorships.find((one) => one.id === id)).toMatchObject({ status, requestedBy });
});

describe('allows', () => {
  test.each(allowed)('$how, to $to by the $actor', async ({ run, actor, to }) => {
    const cast = await createCast();
    const { app, mentorships, mentor, mentee } = cast;
    const before = await run(cast);
    await addOtherRequests(cast);
    app.clock.advance(1000);
    const { stored, users } = await everythingIn(app, members(cast));

    const moved = {
      ...before,
      status: to,
      reason: 'because',
      version: before.version + 1,
      ...(to === 'active' ? { startedAt: app.clock.now() } : { endedAt: app.clock.now() }),
    };
    expect(await mentorships.change(cast[actor], before, to, { reason: 'because' })).toStrictEqual(moved);

    // Of all other mentorships, only the mentee's open requests change, once the mentee has a mentor.
    const isCancelled = ({ id, menteeId, status }: NamedMentorship) =>
      to === 'active' && id !== before.id && menteeId === mentee.id && status === 'requested';
    const cancelled = { status: 'cancelled', reason: 'matched', endedAt: app.clock.now(), version: 2 } as const;
    const kept = stored.map((one) =>
      one.id === before.id ? moved : isCancelled(one) ? { ...one, ...cancelled } : one,
    );
    const after = await everythingIn(app, members(cast));
    expect(after.stored).toStrictEqual(kept);
    for (const [index, member] of members(cast).entries())
      expect(after.lists[index]?.mentorships).toStrictEqual(ownOf(member.id, kept));

    for (const [one, other] of [[mentor, mentee] as const, [mentee, mentor] as const]) {
      expect(await mentorships.view(one, before)).toStrictEqual(moved);
      expect(await mentorships.between(one, other)).toStrictEqual(ownOf(one.id, ownOf(other.id, kept)));
    }
    const mentorUsername = to === 'active' ? mentor.username : null;
    const linked = users.users.map(({ id, mentorUsername: previous }) => {
      const touched = id === mentee.id && (to === 'active' || before.status === 'active');
      return { id, mentorUsername: touched ? mentorUsername : previous };
    });
    expect(after.users.users.map(({ id, mentorUsername }) => ({ id, mentorUsername }))).toEqual(linked);
    expect(await mentorships.links()).toEqual(to === 'active' ? ['mona > emil'] : []);
  });
});

/** The mentorships of the user, the newest first. */
const ownOf = (user: NamedMentorship['menteeId'], all: readonly NamedMentorship[]): NamedMentorship[] =>
  all.filter(({ menteeId, mentorId }) => menteeId === user || mentorId === user).toSorted((a, b) => b.id - a.id);

describe('refuses, and changes nothing:', () => {
  test.each(forbidden)('$how, to $to by the $actor', async ({ run, way, actor, to }) => {
    const cast = await createCast();
    const mentorship = await run(cast);
    if (way.stored) await addOtherRequests(cast);
    cast.app.clock.advance(1000);
    const before = await everythingIn(cast.app, members(cast));
    const refused =
      actor === 'outsider'
        ? refusal('mentorship_not_found', {})
        : refusal('illegal_transition', { status: way.status, to, allowed: allowedTo(actor, way) });
    await expect(cast.mentorships.change(cast[actor], mentorship, to, { reason: 'because' })).rejects.toMatchObject(
      refused,
    );
    expect(await everythingIn(cast.app, members(cast))).toStrictEqual(before);
  });
});
