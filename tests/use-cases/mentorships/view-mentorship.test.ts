import type { MentorshipId } from '@mentorship/domain';
import { beforeEach, expect, test } from 'vitest';
import { type EveryStatus, openEveryStatus } from '../../support/mentorships/every-status.ts';
import { refusal } from '../../support/refusals.ts';

let { app, mentorships, alice, bob, carol, dave }: EveryStatus = {} as EveryStatus;
beforeEach(async () => {
  ({ app, mentorships, alice, bob, carol, dave } = await openEveryStatus());
});

test('shows a mentorship to its mentee and its mentor as their lists do', async () => {
  for (const mentorship of await mentorships.list(alice)) {
    expect(await mentorships.view(alice, mentorship)).toStrictEqual(mentorship);
    const other = [bob, carol, dave].find(({ id }) => id === mentorship.mentorId || id === mentorship.menteeId)!;
    expect(await mentorships.view(other, mentorship)).toStrictEqual(mentorship);
  }
});

test('shows a request as expired once it has expired', async () => {
  const { id, expiresAt } = (await mentorships.list(alice, { statuses: ['requested'] }))[0]!;
  app.clock.advance(expiresAt! - app.clock.now() - 1);
  expect(await mentorships.view(alice, { id })).toMatchObject({ status: 'requested' });
  app.clock.advance(1);
  expect(await mentorships.view(alice, { id })).toMatchObject({ status: 'expired', endedAt: expiresAt });
});

test.each([
  [11, 'between two other users'],
  [12, 'that does not exist'],
  [2 ** 31 - 1, 'that does not exist'],
])('throws mentorship_not_found for id %i, %s', async (id) => {
  await expect(mentorships.view(alice, { id: id as MentorshipId })).rejects.toMatchObject(
    refusal('mentorship_not_found', {}),
  );
});
