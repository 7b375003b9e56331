import type { MentorshipRequest } from '@mentorship/application';
import type { FailureCode, UserId } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { everythingIn, type Mentorships, mentorshipsIn } from '../../support/mentorships/mentorships.ts';
import { day, hour } from '../../support/records.ts';
import { fieldsRefused, refusal } from '../../support/refusals.ts';
import { createTestApplication, type Member, policy, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let mentorships: Mentorships;
let bob: Member;
let alice: Member;
let carol: Member;
beforeEach(async () => {
  app = createTestApplication();
  await joinAll();
});

const joinAll = async (): Promise<void> => {
  mentorships = mentorshipsIn(app);
  bob = await app.join('Bob');
  alice = await app.join('alice');
  carol = await app.join('carol');
};
const request = (member: Member, request: MentorshipRequest) => app.requestMentorship({ actor: member.actor, request });

describe('a request', () => {
  test.each(['mentee', 'mentor'] as const)(
    'of the %s is shown to both at once, and begins no mentorship',
    async (side) => {
      const [sender, recipient] = side === 'mentee' ? [alice, bob] : [bob, alice];
      const made =
        side === 'mentee' ? await mentorships.ask(alice, bob, 'Hi!') : await mentorships.offer(bob, alice, 'Hi!');
      expect(made).toStrictEqual({
        id: 1,
        mentorId: bob.id,
        menteeId: alice.id,
        mentorUsername: 'Bob',
        menteeUsername: 'alice',
        status: 'requested',
        requestedBy: side,
        message: 'Hi!',
        reason: null,
        createdAt: app.clock.now(),
        expiresAt: app.clock.now() + 14 * day,
        startedAt: null,
        endedAt: null,
        version: 1,
      });
      for (const member of [sender, recipient]) expect(await mentorships.list(member)).toStrictEqual([made]);
      expect(await mentorships.list(carol)).toEqual([]);
      expect(await app.mentors()).toEqual({ Bob: null, alice: null, carol: null });
    },
  );

  test('expires after the lifetime of the policy', async () => {
    app = createTestApplication(() => ({ policy: { ...policy, requestLifetime: 3600 } }));
    await joinAll();
    const { createdAt, expiresAt } = await mentorships.ask(alice, bob);
    expect(expiresAt).toBe(createdAt + hour);
    app.clock.advance(hour - 1);
    expect(await mentorships.list(alice)).toMatchObject([{ status: 'requested', endedAt: null, version: 1 }]);
    app.clock.advance(1);
    expect(await mentorships.list(alice)).toMatchObject([{ status: 'expired', endedAt: expiresAt, version: 2 }]);
  });

  test.each(['bob', ' BOB ', 'Ｂｏｂ'])('names the other user in any spelling: %j', async (mentor) => {
    expect(await request(alice, { mentor })).toMatchObject({ mentorUsername: 'Bob' });
  });

  test.each<[sent: string | null | undefined, kept: string | null]>([
    ['x'.repeat(2000), 'x'.repeat(2000)],
    ['😀'.repeat(2000), '😀'.repeat(2000)],
    [' Lines,\r\n\tand tabs. ', ' Lines,\r\n\tand tabs. '],
    ['', null],
    [' \t\n', null],
    [' '.repeat(2001), null],
    [null, null],
    [undefined, null],
  ])('keeps the message: %j', async (message, kept) => {
    expect(await request(alice, { mentor: 'bob', message })).toHaveProperty('message', kept);
    expect(await mentorships.list(bob)).toMatchObject([{ message: kept }]);
  });

  test.each([
    ['2,001 characters', 'x'.repeat(2001), 'too_long'],
    ['2,001 characters outside the Basic Multilingual Plane', '😀'.repeat(2001), 'too_long'],
    ['a control character', 'Hi\u0007', 'invalid_text'],
    ['NUL', 'Hi\0', 'invalid_text'],
    ['a lone surrogate', 'Hi\ud83d', 'invalid_text'],
  ])('with %s as message is refused', async (_, message, code) => {
    await expect(request(alice, { mentor: 'bob', message })).rejects.toMatchObject(fieldsRefused(['message', code]));
    expect(await mentorships.list(alice)).toEqual([]);
  });

  test.each([
    ['no user', {}, ['mentor', 'required']],
    ['no user', { mentor: '', mentee: null }, ['mentor', 'required']],
    ['no user', { mentor: ' \t', mentee: ' ' }, ['mentor', 'required']],
    ['both sides', { mentor: 'bob', mentee: 'carol' }, ['mentee', 'one_too_many']],
    ['an invalid name', { mentor: 'bob\0' }, ['mentor', 'invalid_text']],
    ['an invalid name', { mentee: '\ud800' }, ['mentee', 'invalid_text']],
    ['an unknown mentor', { mentor: 'unknown' }, ['mentor', 'unknown_mentor']],
    ['an unknown mentee', { mentee: 'no such name' }, ['mentee', 'unknown_mentee']],
  ] as const)('to %s is refused: %j', async (_, sent, refused) => {
    await expect(request(alice, sent)).rejects.toMatchObject(fieldsRefused(refused));
    expect(await mentorships.list(alice)).toEqual([]);
  });

  test('lists all invalid fields at once', async () => {
    await expect(request(alice, { mentor: 'bob', mentee: 'bob', message: '\0' })).rejects.toMatchObject(
      fieldsRefused(['mentee', 'one_too_many'], ['message', 'invalid_text']),
    );
  });

  test('ignores a blank field for the other side', async () => {
    expect(await request(alice, { mentor: ' ', mentee: 'bob' })).toMatchObject({ requestedBy: 'mentor' });
    expect(await request(alice, { mentor: 'carol', mentee: '' })).toMatchObject({ requestedBy: 'mentee' });
  });
});

describe('is refused, and nothing changes,', () => {
  const expectRefused = async (attempt: Promise<unknown>, code: FailureCode, details: object): Promise<void> => {
    const members = [bob, alice, carol];
    const before = await everythingIn(app, members);
    await expect(attempt).rejects.toMatchObject({ ...refusal(code), details });
    expect(await everythingIn(app, members)).toStrictEqual(before);
  };

  test('to the user themselves', async () => {
    await expectRefused(request(alice, { mentor: 'ALICE' }), 'self_mentoring', { field: 'mentor' });
    await expectRefused(request(alice, { mentee: 'alice' }), 'self_mentoring', { field: 'mentee' });
  });

  test('when it would close a cycle', async () => {
    await app.update(alice, { mentor: 'bob' });
    await app.update(carol, { mentor: 'alice' });
    for (const below of [alice, carol]) {
      const [ask, offer] = [mentorships.ask(bob, below), mentorships.offer(below, bob)];
      await expectRefused(ask, 'mentor_cycle', { field: 'mentor', mentor: below.username });
      await expectRefused(offer, 'mentor_cycle', { field: 'mentee', mentor: below.username });
    }
  });

  test('when the mentorship is active already', async () => {
    await app.update(alice, { mentor: 'bob' });
    await expectRefused(mentorships.ask(alice, bob), 'already_mentored', { field: 'mentor' });
    await expectRefused(mentorships.offer(bob, alice), 'already_mentored', { field: 'mentee' });
  });

  test('to a closed mentor', async () => {
    await app.update(bob, { mentorPolicy: 'closed' });
    await expectRefused(mentorships.ask(alice, bob), 'mentor_closed', { field: 'mentor', mentor: 'Bob' });
  });

  test.each(['ask', 'offer'] as const)('from either side while another %s is open', async (first) => {
    const { id } = first === 'ask' ? await mentorships.ask(alice, bob) : await mentorships.offer(bob, alice);
    await expectRefused(mentorships.ask(alice, bob), 'request_exists', { field: 'mentor', id });
    await expectRefused(mentorships.offer(bob, alice), 'request_exists', { field: 'mentee', id });
  });
});

test.each(['open', 'approval'] as const)(
  'a mentor with the policy %s can be asked, also without a free place',
  async (mentorPolicy) => {
    await app.update(bob, { mentorPolicy, mentorCapacity: 0 });
    expect(await mentorships.ask(alice, bob)).toMatchObject({ status: 'requested' });
  },
);

test('a closed and full mentor can offer', async () => {
  await app.update(bob, { mentorPolicy: 'closed', mentorCapacity: 0 });
  expect(await mentorships.offer(bob, alice)).toMatchObject({ status: 'requested', requestedBy: 'mentor' });
});

test('two users can ask each other, but only one of the requests can be accepted', async () => {
  const [one, other] = [await mentorships.ask(alice, bob), await mentorships.ask(bob, alice)];
  await mentorships.change(bob, one, 'active');
  await expect(mentorships.change(alice, other, 'active')).rejects.toMatchObject(
    refusal('mentor_cycle', { field: 'status', mentor: 'alice' }),
  );
  expect(await mentorships.change(alice, other, 'declined')).toMatchObject({ status: 'declined' });
  expect(await mentorships.links()).toEqual(['Bob > alice']);
});

test('a session that has ended meanwhile sends no request', async () => {
  const other = await app.logInAgain(alice);
  await app.logOut({ ...other, actor: alice.actor });
  await expect(mentorships.ask(other, bob)).rejects.toMatchObject(refusal('access_token_refused', {}));
  const unknown = { ...alice, actor: { ...alice.actor, userId: 99 as UserId } };
  await expect(mentorships.ask(unknown, bob)).rejects.toMatchObject(refusal('access_token_refused', {}));
  expect(await mentorships.list(alice)).toEqual([]);
});

describe('with a budget of requests', () => {
  const budgets = { ...policy.budgets, request: { attempts: 3, period: 24 * 60 * 60 } };
  beforeEach(async () => {
    app = createTestApplication(() => ({ policy: { ...policy, budgets } }));
    await joinAll();
  });
  /** Requests and cancels, so that no other limit applies. */
  const askAndCancel = async () => {
    const { id } = await mentorships.ask(alice, bob, 'Hi!');
    await app.changeMentorship({ actor: alice.actor, mentorshipId: id, change: { status: 'cancelled' } });
  };

  test('counts requests and offers of one account together, and stores nothing above the budget', async () => {
    await askAndCancel();
    await askAndCancel();
    await mentorships.offer(alice, carol, 'Hi!');
    const before = await mentorships.list(alice);
    for (const wanted of [{ mentor: 'bob' }, { mentee: 'bob' }])
      await expect(request(alice, wanted)).rejects.toMatchObject({
        code: 'too_many_attempts',
        details: { retryAfter: 24 * 60 * 60 },
      });
    expect(await mentorships.list(alice)).toEqual(before);
  });

  test('does not affect what others send, also to this account', async () => {
    for (let time = 0; time < 3; time += 1) await askAndCancel();
    await expect(mentorships.ask(bob, alice)).resolves.toMatchObject({ status: 'requested' });
    await expect(mentorships.offer(carol, alice)).resolves.toMatchObject({ status: 'requested' });
  });

  test('does not count refused requests', async () => {
    for (let time = 0; time < 5; time += 1)
      await expect(request(alice, { mentor: 'unknown-mentor' })).rejects.toMatchObject({ code: 'validation_failed' });
    for (let time = 0; time < 3; time += 1) await askAndCancel();
    await expect(request(alice, { mentor: 'bob' })).rejects.toMatchObject({ code: 'too_many_attempts' });
  });

  test('accepts requests again after the period', async () => {
    for (let time = 0; time < 3; time += 1) await askAndCancel();
    app.clock.advance(day);
    await expect(mentorships.ask(alice, bob)).resolves.toMatchObject({ status: 'requested' });
  });
});
