import type { UserId } from '@mentorship/domain';
import { beforeEach, expect, test } from 'vitest';
import { type EveryStatus, openEveryStatus } from '../../support/mentorships/every-status.ts';
import { pagesOf } from '../../support/mentorships/mentorships.ts';
import { day } from '../../support/records.ts';
import { refusal } from '../../support/refusals.ts';
import { type Member, password } from '../../support/test-application.ts';

let { app, mentorships, alice, bob, carol, dave }: EveryStatus = {} as EveryStatus;
beforeEach(async () => {
  ({ app, mentorships, alice, bob, carol, dave } = await openEveryStatus());
});

const history = async (user: Pick<Member, 'id'>, member = alice) =>
  (await mentorships.between(member, user)).map(({ id }) => id);

test('has every mentorship between two users, in either direction, and no other', async () => {
  expect(await history(bob)).toEqual([9, 7, 5, 4, 3, 2]);
  expect(await history(carol)).toEqual([6]);
  expect(await history(dave)).toEqual([10, 8, 1]);
  for (const other of [bob, carol, dave]) expect(await history(alice, other)).toEqual(await history(other));
});

test('has all mentorships of the actor under the actor’s own id', async () => {
  expect(await history(alice)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  expect(await history(dave, dave)).toEqual([11, 10, 8, 1]);
});

test('shows requests as expired once they have expired', async () => {
  app.clock.advance(14 * day);
  const list = await mentorships.list(alice);
  const between = await mentorships.between(alice, bob);
  expect(between).toStrictEqual(list.filter(({ id }) => [9, 7, 5, 4, 3, 2].includes(id)));
  expect(between[0]).toMatchObject({ id: 9, status: 'expired' });
});

test.each([1, 2, 5, 6, 7])('returns each mentorship once in pages of %i', async (limit) => {
  const read = (userId: UserId) => (before: number | null) =>
    app.viewHistory({ actor: alice.actor, userId, limit, before });
  expect((await pagesOf(read(bob.id))).flat()).toEqual([9, 7, 5, 4, 3, 2]);
  expect((await pagesOf(read(alice.id))).flat()).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
});

test('throws not_a_counterpart for two users without a mentorship, and user_not_found for an unknown id, on every page', async () => {
  const eve = await app.join('eve');
  const page = (member: Member, userId: UserId, before: number | null) =>
    app.viewHistory({ actor: member.actor, userId, before });
  for (const before of [null, 1, 100]) {
    for (const [member, other] of [[bob, carol] as const, [eve, alice] as const, [alice, eve] as const])
      await expect(page(member, other.id, before)).rejects.toMatchObject(refusal('not_a_counterpart', {}));
    for (const id of [99, 2 ** 31 - 1] as UserId[])
      await expect(page(alice, id, before)).rejects.toMatchObject(refusal('user_not_found', {}));
  }
  expect(await mentorships.between(eve, eve)).toEqual([]);
});

test('returns an empty page before the oldest mentorship', async () => {
  expect(await app.viewHistory({ actor: alice.actor, userId: bob.id, before: 2 })).toEqual({
    mentorships: [],
    next: null,
  });
});

test('keeps the history with an ended account for its counterpart alone', async () => {
  await app.endAccount({ actor: carol.actor, currentPassword: password });
  expect(await history(carol)).toEqual([6]);
  await expect(mentorships.between(bob, carol)).rejects.toMatchObject(refusal('user_not_found', {}));
});
