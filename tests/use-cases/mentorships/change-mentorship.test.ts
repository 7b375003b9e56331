import type { MentorshipId, NamedMentorship } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { everythingIn, type Mentorships, mentorshipsIn, storedIn } from '../../support/mentorships/mentorships.ts';
import { day, hour } from '../../support/records.ts';
import { fieldsRefused, refusal } from '../../support/refusals.ts';
import { createTestApplication, type Member, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let mentorships: Mentorships;
let bob: Member;
let alice: Member;
let carol: Member;
let dave: Member;
beforeEach(async () => {
  app = createTestApplication();
  mentorships = mentorshipsIn(app);
  bob = await app.join('bob');
  alice = await app.join('alice');
  carol = await app.join('carol');
  dave = await app.join('dave');
});

/** Expects the refusal, and that nothing has changed. */
const expectRefused = async (attempt: () => Promise<unknown>, refused: object): Promise<void> => {
  const members = [bob, alice, carol, dave];
  const before = await everythingIn(app, members);
  await expect(attempt()).rejects.toMatchObject(refused);
  expect(await everythingIn(app, members)).toStrictEqual(before);
};

describe('accepting a request', () => {
  test('makes it the mentee’s active mentorship', async () => {
    const asked = await mentorships.ask(alice, bob);
    app.clock.advance(hour);
    const accepted = await mentorships.change(bob, asked, 'active', { reason: 'Gladly.' });
    expect(accepted).toStrictEqual({
      ...asked,
      status: 'active',
      reason: 'Gladly.',
      startedAt: app.clock.now(),
      version: 2,
    });
    expect(await app.own(alice)).toMatchObject({ mentorUsername: 'bob' });
    expect(await app.own(bob)).toMatchObject({ mentees: ['alice'] });
  });

  test('replaces the current mentor', async () => {
    await app.update(alice, { mentor: 'carol' });
    const asked = await mentorships.ask(alice, bob);
    app.clock.advance(hour);
    await mentorships.change(bob, asked, 'active');
    expect(await mentorships.list(carol)).toMatchObject([
      { status: 'ended', reason: 'replaced', endedAt: app.clock.now(), version: 2 },
    ]);
    expect(await mentorships.links()).toEqual(['bob > alice']);
  });

  test('cancels all other open requests of the mentee, and no others', async () => {
    const overdue = await mentorships.ask(alice, dave);
    app.clock.advance(14 * day);
    const asked = await mentorships.ask(alice, bob);
    const overtaken = [await mentorships.offer(carol, alice), await mentorships.ask(alice, dave)];
    const others = [
      await mentorships.ask(carol, bob),
      await mentorships.offer(alice, dave),
      await mentorships.ask(dave, carol),
    ];
    await mentorships.change(bob, asked, 'active');
    const stored = await storedIn(app);
    const at = (one: NamedMentorship) => stored[one.id - 1];
    for (const one of overtaken)
      expect(at(one)).toStrictEqual({
        ...one,
        status: 'cancelled',
        reason: 'matched',
        endedAt: app.clock.now(),
        version: 2,
      });
    for (const one of others) expect(at(one)).toStrictEqual(one);
    expect(at(overdue)).toStrictEqual({ ...overdue, status: 'expired', endedAt: overdue.expiresAt, version: 2 });
  });

  test('expires overdue requests of the mentee instead of cancelling them', async () => {
    const overdue = await mentorships.offer(carol, alice);
    app.clock.advance(14 * day - 1);
    const asked = await mentorships.ask(alice, bob);
    app.clock.advance(1);
    await mentorships.change(bob, asked, 'active');
    const stored = await storedIn(app);
    expect(stored[overdue.id - 1]).toMatchObject({ status: 'expired', reason: null, endedAt: overdue.expiresAt });
  });

  test('is refused when it would close a cycle', async () => {
    const asked = await mentorships.ask(alice, bob);
    await app.update(carol, { mentor: 'alice' });
    await app.update(bob, { mentor: 'carol' });
    const refused = refusal('mentor_cycle', { field: 'status', mentor: 'bob' });
    await expectRefused(() => mentorships.change(bob, asked, 'active'), refused);
    await app.update(carol, { mentor: null });
    expect(await mentorships.change(bob, asked, 'active')).toMatchObject({ status: 'active' });
  });

  test.each<[string, () => Promise<unknown>]>([
    [
      'another mentorship ends',
      async () => mentorships.change(carol, (await mentorships.list(carol))[0]!, 'completed'),
    ],
    ['another mentee leaves', () => app.update(carol, { mentor: '' })],
    ['the capacity grows', () => app.update(bob, { mentorCapacity: 2 })],
    ['the limit is removed', () => app.update(bob, { mentorCapacity: null })],
  ])('is refused without a free place, until %s', async (_, makeRoom) => {
    await app.update(carol, { mentor: 'bob' });
    await app.update(bob, { mentorCapacity: 1 });
    const refused = refusal('mentor_full', { field: 'status', mentor: 'bob' });
    const [asked, offered] = [await mentorships.ask(alice, bob), await mentorships.offer(bob, dave)];
    await expectRefused(() => mentorships.change(bob, asked, 'active'), refused);
    await expectRefused(() => mentorships.change(dave, offered, 'active'), refused);
    await makeRoom();
    expect(await mentorships.change(bob, asked, 'active')).toMatchObject({ status: 'active' });
  });

  test.each(['approval', 'closed'] as const)(
    'does not depend on the policy %s, from either side',
    async (mentorPolicy) => {
      const [asked, offered] = [await mentorships.ask(alice, bob), await mentorships.offer(bob, dave)];
      await app.update(bob, { mentorPolicy });
      await mentorships.change(bob, asked, 'active');
      await mentorships.change(dave, offered, 'active');
      expect(await mentorships.links()).toEqual(['bob > alice', 'bob > dave']);
    },
  );

  test('is refused once the request has expired, and nothing is written', async () => {
    const asked = await mentorships.ask(alice, bob);
    app.clock.advance(14 * day);
    const refused = refusal('illegal_transition', { status: 'expired', to: 'active', allowed: [] });
    await expectRefused(() => mentorships.change(bob, asked, 'active'), refused);
  });
});

describe('the reason', () => {
  test.each<[sent: string | null | undefined, kept: string | null]>([
    ['x'.repeat(2000), 'x'.repeat(2000)],
    ['😀'.repeat(2000), '😀'.repeat(2000)],
    [' two\nlines ', ' two\nlines '],
    ['', null],
    [' \n', null],
    [null, null],
    [undefined, null],
  ])('is stored: %j', async (reason, kept) => {
    const asked = await mentorships.ask(alice, bob);
    const { actor } = bob;
    const change = { status: 'declined', reason } as const;
    expect(await app.changeMentorship({ actor, mentorshipId: asked.id, change })).toHaveProperty('reason', kept);
    expect(await mentorships.view(alice, asked)).toHaveProperty('reason', kept);
  });

  test.each([
    ['2,001 characters', 'x'.repeat(2001), 'too_long'],
    ['2,001 characters outside the Basic Multilingual Plane', '😀'.repeat(2001), 'too_long'],
    ['a control character', 'No\u001b', 'invalid_text'],
    ['NUL', '\0', 'invalid_text'],
  ])('is refused with %s', async (_, reason, code) => {
    const asked = await mentorships.ask(alice, bob);
    await expectRefused(() => mentorships.change(bob, asked, 'declined', { reason }), fieldsRefused(['reason', code]));
  });

  test('belongs to the last change', async () => {
    const asked = await mentorships.ask(alice, bob);
    await mentorships.change(bob, asked, 'active', { reason: 'Gladly.' });
    expect(await mentorships.change(alice, asked, 'ended')).toMatchObject({ reason: null });
  });
});

describe('with the versions that the client accepts', () => {
  const completeSecond = async (versions: number[] | null) => {
    const asked = await mentorships.ask(alice, bob);
    await mentorships.change(bob, asked, 'active');
    return () => mentorships.change(alice, asked, 'completed', { versions });
  };

  test.each([[null], [[2]], [[1, 2]], [[7, 2, 1]]])('the second version is changed by %j', async (versions) => {
    const complete = await completeSecond(versions);
    expect(await complete()).toMatchObject({ status: 'completed', version: 3 });
  });

  test.each([[[1]], [[3]], [[1, 3]], [[]]])('the second version is not changed by %j', async (versions) => {
    await expectRefused(await completeSecond(versions), refusal('version_mismatch', { version: 2 }));
  });

  test('an overdue request counts as its next version, whether or not that is stored', async () => {
    const asked = await mentorships.ask(alice, bob);
    app.clock.advance(14 * day);
    const accept = (versions: number[]) => () => mentorships.change(bob, asked, 'active', { versions });
    await expectRefused(accept([1]), refusal('version_mismatch', { version: 2 }));
    await expectRefused(accept([2]), refusal('illegal_transition'));
  });

  test('a mismatch is reported before an illegal transition, and only to the two sides', async () => {
    const asked = await mentorships.ask(alice, bob);
    const versions = [9];
    const mismatch = refusal('version_mismatch', { version: 1 });
    await expectRefused(() => mentorships.change(alice, asked, 'active', { versions }), mismatch);
    await expectRefused(
      () => mentorships.change(carol, asked, 'active', { versions }),
      refusal('mentorship_not_found', {}),
    );
  });
});

test('throws mentorship_not_found for an unknown id', async () => {
  for (const id of [1, 2 ** 31 - 1] as MentorshipId[])
    await expectRefused(() => mentorships.change(alice, { id }, 'active'), refusal('mentorship_not_found', {}));
});

test('a session that has ended meanwhile changes nothing', async () => {
  const asked = await mentorships.ask(alice, bob);
  const other = await app.logInAgain(bob);
  await app.logOut({ ...other, actor: bob.actor });
  for (const status of ['active', 'declined', 'cancelled'] as const)
    await expect(mentorships.change(other, asked, status)).rejects.toMatchObject(refusal('access_token_refused', {}));
  expect(await mentorships.view(alice, asked)).toStrictEqual(asked);
});

test('timestamps ascend in the order of writing, also by a clock that goes back', async () => {
  const asked = await mentorships.ask(alice, bob);
  app.clock.advance(-hour);
  const { startedAt } = await mentorships.change(bob, asked, 'active');
  expect(startedAt).toBe(asked.createdAt + 1);
  app.clock.advance(-hour);
  await app.update(alice, { mentor: 'carol' });
  const [second, first] = await mentorships.list(alice);
  expect([first?.endedAt, second?.startedAt]).toEqual([asked.createdAt + 2, asked.createdAt + 2]);
});
