import type { FailureCode, UserId } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { everythingIn, type Mentorships, mentorshipsIn } from '../../support/mentorships/mentorships.ts';
import { day, hour } from '../../support/records.ts';
import { fieldsRefused, refusal } from '../../support/refusals.ts';
import { createTestApplication, type Member, policy, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let dealings: Mentorships;
let bob: Member;
let alice: Member;
let carol: Member;
beforeEach(async () => {
  app = createTestApplication();
  await joinAll();
});

const joinAll = async (): Promise<void> => {
  dealings = mentorshipsIn(app);
  bob = await app.join('Bob');
  alice = await app.join('alice');
  carol = await app.join('carol');
};
const request = (member: Member, request: Parameters<TestApplication['requestMentorship']>[0]['request']) =>
  app.requestMentorship({ actor: member.actor, request });

describe('a request', () => {
  test.each(['mentee', 'mentor'] as const)('of the %s is there for both at once, and links nobody', async (side) => {
    const [asking, asked] = side === 'mentee' ? [alice, bob] : [bob, alice];
    const made = side === 'mentee' ? await dealings.ask(alice, bob, 'Hi!') : await dealings.offer(bob, alice, 'Hi!');
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
    for (const member of [asking, asked]) expect(await dealings.list(member)).toStrictEqual([made]);
    expect(await dealings.list(carol)).toEqual([]);
    expect(await app.mentors()).toEqual({ Bob: null, alice: null, carol: null });
  });

  test('waits as long as the policy says', async () => {
    app = createTestApplication(() => ({ policy: { ...policy, requestLifetime: 3600 } }));
    await joinAll();
    const { createdAt, expiresAt } = await dealings.ask(alice, bob);
    expect(expiresAt).toBe(createdAt + hour);
    app.clock.advance(hour - 1);
    expect(await dealings.list(alice)).toMatchObject([{ status: 'requested', endedAt: null, version: 1 }]);
    app.clock.advance(1);
    expect(await dealings.list(alice)).toMatchObject([{ status: 'expired', endedAt: expiresAt, version: 2 }]);
  });

  test.each(['bob', ' BOB ', 'Ｂｏｂ'])('names the other in any writing: %j', async (mentor) => {
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
  ])('keeps what is said: %j', async (message, kept) => {
    expect(await request(alice, { mentor: 'bob', message })).toHaveProperty('message', kept);
    expect(await dealings.list(bob)).toMatchObject([{ message: kept }]);
  });

  test.each([
    ['2,001 characters', 'x'.repeat(2001), 'too_long'],
    ['2,001 characters outside the basic plane', '😀'.repeat(2001), 'too_long'],
    ['a control character', 'Hi\u0007', 'invalid_text'],
    ['NUL', 'Hi\0', 'invalid_text'],
    ['half a character', 'Hi\ud83d', 'invalid_text'],
  ])('with %s for a message is not made', async (_, message, code) => {
    await expect(request(alice, { mentor: 'bob', message })).rejects.toMatchObject(fieldsRefused(['message', code]));
    expect(await dealings.list(alice)).toEqual([]);
  });

  test.each([
    ['nobody', {}, ['mentor', 'required']],
    ['nobody', { mentor: '', mentee: null }, ['mentor', 'required']],
    ['nobody', { mentor: ' \t', mentee: ' ' }, ['mentor', 'required']],
    ['both', { mentor: 'bob', mentee: 'carol' }, ['mentee', 'one_too_many']],
    ['no text', { mentor: 'bob\0' }, ['mentor', 'invalid_text']],
    ['no text', { mentee: '\ud800' }, ['mentee', 'invalid_text']],
    ['an unknown mentor', { mentor: 'nobody' }, ['mentor', 'unknown_mentor']],
    ['an unknown mentee', { mentee: 'no such name' }, ['mentee', 'unknown_mentee']],
  ] as const)('to %s is not made: %j', async (_, sent, refused) => {
    await expect(request(alice, sent)).rejects.toMatchObject(fieldsRefused(refused));
    expect(await dealings.list(alice)).toEqual([]);
  });

  test('has all that is wrong with it named at once', async () => {
    await expect(request(alice, { mentor: 'bob', mentee: 'bob', message: '\0' })).rejects.toMatchObject(
      fieldsRefused(['mentee', 'one_too_many'], ['message', 'invalid_text']),
    );
  });

  test('blank beside the one who is asked counts as not sent', async () => {
    expect(await request(alice, { mentor: ' ', mentee: 'bob' })).toMatchObject({ requestedBy: 'mentor' });
    expect(await request(alice, { mentor: 'carol', mentee: '' })).toMatchObject({ requestedBy: 'mentee' });
  });
});

describe('nobody asks, and nothing changes,', () => {
  const expectRefused = async (asking: Promise<unknown>, code: FailureCode, details: object): Promise<void> => {
    const members = [bob, alice, carol];
    const before = await everythingIn(app, members);
    await expect(asking).rejects.toMatchObject({ ...refusal(code), details });
    expect(await everythingIn(app, members)).toStrictEqual(before);
  };

  test('themselves', async () => {
    await expectRefused(request(alice, { mentor: 'ALICE' }), 'self_mentoring', { field: 'mentor' });
    await expectRefused(request(alice, { mentee: 'alice' }), 'self_mentoring', { field: 'mentee' });
  });

  test('for what would close a loop, near or far', async () => {
    await app.update(alice, { mentor: 'bob' });
    await app.update(carol, { mentor: 'alice' });
    for (const below of [alice, carol]) {
      const [ask, offer] = [dealings.ask(bob, below), dealings.offer(below, bob)];
      await expectRefused(ask, 'mentor_cycle', { field: 'mentor', mentor: below.username });
      await expectRefused(offer, 'mentor_cycle', { field: 'mentee', mentor: below.username });
    }
  });

  test('who is the mentor or mentee already', async () => {
    await app.update(alice, { mentor: 'bob' });
    await expectRefused(dealings.ask(alice, bob), 'already_mentored', { field: 'mentor' });
    await expectRefused(dealings.offer(bob, alice), 'already_mentored', { field: 'mentee' });
  });

  test('a mentor who is closed', async () => {
    await app.update(bob, { mentorPolicy: 'closed' });
    await expectRefused(dealings.ask(alice, bob), 'mentor_closed', { field: 'mentor', mentor: 'Bob' });
  });

  test.each(['ask', 'offer'] as const)('twice, from either side, while the first %s is open', async (first) => {
    const { id } = first === 'ask' ? await dealings.ask(alice, bob) : await dealings.offer(bob, alice);
    await expectRefused(dealings.ask(alice, bob), 'request_exists', { field: 'mentor', id });
    await expectRefused(dealings.offer(bob, alice), 'request_exists', { field: 'mentee', id });
  });
});

test.each(['open', 'approval'] as const)(
  'a mentor who is %s can be asked, also without a place',
  async (mentorPolicy) => {
    await app.update(bob, { mentorPolicy, mentorCapacity: 0 });
    expect(await dealings.ask(alice, bob)).toMatchObject({ status: 'requested' });
  },
);

test('a mentor who is closed and full can offer it all the same', async () => {
  await app.update(bob, { mentorPolicy: 'closed', mentorCapacity: 0 });
  expect(await dealings.offer(bob, alice)).toMatchObject({ status: 'requested', requestedBy: 'mentor' });
});

test('each can ask the other to be the mentor: of the two only one comes to be', async () => {
  const [one, other] = [await dealings.ask(alice, bob), await dealings.ask(bob, alice)];
  await dealings.change(bob, one, 'active');
  await expect(dealings.change(alice, other, 'active')).rejects.toMatchObject(
    refusal('mentor_cycle', { field: 'status', mentor: 'alice' }),
  );
  expect(await dealings.change(alice, other, 'declined')).toMatchObject({ status: 'declined' });
  expect(await dealings.links()).toEqual(['Bob > alice']);
});

test('nobody asks by a session that has ended meanwhile', async () => {
  const other = await app.logInAgain(alice);
  await app.logOut({ ...other, actor: alice.actor });
  await expect(dealings.ask(other, bob)).rejects.toMatchObject(refusal('access_token_refused', {}));
  const nobody = { ...alice, actor: { ...alice.actor, userId: 99 as UserId } };
  await expect(dealings.ask(nobody, bob)).rejects.toMatchObject(refusal('access_token_refused', {}));
  expect(await dealings.list(alice)).toEqual([]);
});
