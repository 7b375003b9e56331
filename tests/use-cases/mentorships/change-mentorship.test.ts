import type { MentorshipId, NamedMentorship } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { everythingIn, type Mentorships, mentorshipsIn, storedIn } from '../../support/mentorships/mentorships.ts';
import { day, hour } from '../../support/records.ts';
import { fieldsRefused, refusal } from '../../support/refusals.ts';
import { createTestApplication, type Member, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let dealings: Mentorships;
let bob: Member;
let alice: Member;
let carol: Member;
let dave: Member;
beforeEach(async () => {
  app = createTestApplication();
  dealings = mentorshipsIn(app);
  bob = await app.join('bob');
  alice = await app.join('alice');
  carol = await app.join('carol');
  dave = await app.join('dave');
});

/** Refused so, with nothing changed. */
const expectRefused = async (attempt: () => Promise<unknown>, refused: object): Promise<void> => {
  const members = [bob, alice, carol, dave];
  const before = await everythingIn(app, members);
  await expect(attempt()).rejects.toMatchObject(refused);
  expect(await everythingIn(app, members)).toStrictEqual(before);
};

describe('to accept', () => {
  test('makes the mentor the mentee’s', async () => {
    const asked = await dealings.ask(alice, bob);
    app.clock.advance(hour);
    const accepted = await dealings.change(bob, asked, 'active', { reason: 'Gladly.' });
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

  test('puts the mentor in the place of the one before', async () => {
    await app.update(alice, { mentor: 'carol' });
    const asked = await dealings.ask(alice, bob);
    app.clock.advance(hour);
    await dealings.change(bob, asked, 'active');
    expect(await dealings.list(carol)).toMatchObject([
      { status: 'ended', reason: 'replaced', endedAt: app.clock.now(), version: 2 },
    ]);
    expect(await dealings.links()).toEqual(['bob > alice']);
  });

  test('cancels whatever else is open of the mentee, and nothing of anybody else', async () => {
    const lapsed = await dealings.ask(alice, dave);
    app.clock.advance(14 * day);
    const asked = await dealings.ask(alice, bob);
    const overtaken = [await dealings.offer(carol, alice), await dealings.ask(alice, dave)];
    const others = [await dealings.ask(carol, bob), await dealings.offer(alice, dave), await dealings.ask(dave, carol)];
    await dealings.change(bob, asked, 'active');
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
    expect(at(lapsed)).toStrictEqual({ ...lapsed, status: 'expired', endedAt: lapsed.expiresAt, version: 2 });
  });

  test('what has expired meanwhile among the others is no refusal of the mentee: it has expired', async () => {
    const lapsed = await dealings.offer(carol, alice);
    app.clock.advance(14 * day - 1);
    const asked = await dealings.ask(alice, bob);
    app.clock.advance(1);
    await dealings.change(bob, asked, 'active');
    const stored = await storedIn(app);
    expect(stored[lapsed.id - 1]).toMatchObject({ status: 'expired', reason: null, endedAt: lapsed.expiresAt });
  });

  test('is refused where it would close a loop by now', async () => {
    const asked = await dealings.ask(alice, bob);
    await app.update(carol, { mentor: 'alice' });
    await app.update(bob, { mentor: 'carol' });
    const refused = refusal('mentor_cycle', { field: 'status', mentor: 'bob' });
    await expectRefused(() => dealings.change(bob, asked, 'active'), refused);
    await app.update(carol, { mentor: null });
    expect(await dealings.change(bob, asked, 'active')).toMatchObject({ status: 'active' });
  });

  test.each<[string, () => Promise<unknown>]>([
    ['another mentorship ends', async () => dealings.change(carol, (await dealings.list(carol))[0]!, 'completed')],
    ['another mentee leaves', () => app.update(carol, { mentor: '' })],
    ['more are taken', () => app.update(bob, { mentorCapacity: 2 })],
    ['all are taken', () => app.update(bob, { mentorCapacity: null })],
  ])('waits for a place where there is none, until %s', async (_, makeRoom) => {
    await app.update(carol, { mentor: 'bob' });
    await app.update(bob, { mentorCapacity: 1 });
    const refused = refusal('mentor_full', { field: 'status', mentor: 'bob' });
    const [asked, offered] = [await dealings.ask(alice, bob), await dealings.offer(bob, dave)];
    await expectRefused(() => dealings.change(bob, asked, 'active'), refused);
    await expectRefused(() => dealings.change(dave, offered, 'active'), refused);
    await makeRoom();
    expect(await dealings.change(bob, asked, 'active')).toMatchObject({ status: 'active' });
  });

  test.each(['approval', 'closed'] as const)(
    'is the word of a mentor who is %s, whoever asked',
    async (mentorPolicy) => {
      const [asked, offered] = [await dealings.ask(alice, bob), await dealings.offer(bob, dave)];
      await app.update(bob, { mentorPolicy });
      await dealings.change(bob, asked, 'active');
      await dealings.change(dave, offered, 'active');
      expect(await dealings.links()).toEqual(['bob > alice', 'bob > dave']);
    },
  );

  test('comes too late once its time is over, and nothing is written', async () => {
    const asked = await dealings.ask(alice, bob);
    app.clock.advance(14 * day);
    const refused = refusal('illegal_transition', { status: 'expired', to: 'active', allowed: [] });
    await expectRefused(() => dealings.change(bob, asked, 'active'), refused);
  });
});

describe('the reason', () => {
  test.each<[sent: string | null | undefined, kept: string | null]>([
    ['x'.repeat(2000), 'x'.repeat(2000)],
    ['😀'.repeat(2000), '😀'.repeat(2000)],
    [' as\nit came ', ' as\nit came '],
    ['', null],
    [' \n', null],
    [null, null],
    [undefined, null],
  ])('is kept: %j', async (reason, kept) => {
    const asked = await dealings.ask(alice, bob);
    const { actor } = bob;
    const change = { status: 'declined', reason } as const;
    expect(await app.changeMentorship({ actor, mentorshipId: asked.id, change })).toHaveProperty('reason', kept);
    expect(await dealings.view(alice, asked)).toHaveProperty('reason', kept);
  });

  test.each([
    ['2,001 characters', 'x'.repeat(2001), 'too_long'],
    ['2,001 characters outside the basic plane', '😀'.repeat(2001), 'too_long'],
    ['a control character', 'No\u001b', 'invalid_text'],
    ['NUL', '\0', 'invalid_text'],
  ])('is refused with %s', async (_, reason, code) => {
    const asked = await dealings.ask(alice, bob);
    await expectRefused(() => dealings.change(bob, asked, 'declined', { reason }), fieldsRefused(['reason', code]));
  });

  test('is that of the last change', async () => {
    const asked = await dealings.ask(alice, bob);
    await dealings.change(bob, asked, 'active', { reason: 'Gladly.' });
    expect(await dealings.change(alice, asked, 'ended')).toMatchObject({ reason: null });
  });
});

describe('by the version that was read', () => {
  const completeSecond = async (versions: number[] | null) => {
    const asked = await dealings.ask(alice, bob);
    await dealings.change(bob, asked, 'active');
    return () => dealings.change(alice, asked, 'completed', { versions });
  };

  test.each([[null], [[2]], [[1, 2]], [[7, 2, 1]]])('it is changed: the second by %j', async (versions) => {
    const complete = await completeSecond(versions);
    expect(await complete()).toMatchObject({ status: 'completed', version: 3 });
  });

  test.each([[[1]], [[3]], [[1, 3]], [[]]])(
    'it is not when it is another by now: the second by %j',
    async (versions) => {
      await expectRefused(await completeSecond(versions), refusal('version_mismatch', { version: 2 }));
    },
  );

  test('a request that has expired is another, whether or not that has been written down', async () => {
    const asked = await dealings.ask(alice, bob);
    app.clock.advance(14 * day);
    const accept = (versions: number[]) => () => dealings.change(bob, asked, 'active', { versions });
    await expectRefused(accept([1]), refusal('version_mismatch', { version: 2 }));
    await expectRefused(accept([2]), refusal('illegal_transition'));
  });

  test('that it is another is told before what is possible, and to its two sides alone', async () => {
    const asked = await dealings.ask(alice, bob);
    const versions = [9];
    const mismatch = refusal('version_mismatch', { version: 1 });
    await expectRefused(() => dealings.change(alice, asked, 'active', { versions }), mismatch);
    await expectRefused(
      () => dealings.change(carol, asked, 'active', { versions }),
      refusal('mentorship_not_found', {}),
    );
  });
});

test('nobody changes what is not there', async () => {
  for (const id of [1, 2 ** 31 - 1] as MentorshipId[])
    await expectRefused(() => dealings.change(alice, { id }, 'active'), refusal('mentorship_not_found', {}));
});

test('nobody changes anything by a session that has ended meanwhile', async () => {
  const asked = await dealings.ask(alice, bob);
  const other = await app.logInAgain(bob);
  await app.logOut({ ...other, actor: bob.actor });
  for (const status of ['active', 'declined', 'cancelled'] as const)
    await expect(dealings.change(other, asked, status)).rejects.toMatchObject(refusal('access_token_refused', {}));
  expect(await dealings.view(alice, asked)).toStrictEqual(asked);
});

test('history is in the order in which it was written, also by a clock that is behind', async () => {
  const asked = await dealings.ask(alice, bob);
  app.clock.advance(-hour);
  const { startedAt } = await dealings.change(bob, asked, 'active');
  expect(startedAt).toBe(asked.createdAt + 1);
  app.clock.advance(-hour);
  await app.update(alice, { mentor: 'carol' });
  const [second, first] = await dealings.list(alice);
  expect([first?.endedAt, second?.startedAt]).toEqual([asked.createdAt + 2, asked.createdAt + 2]);
});
