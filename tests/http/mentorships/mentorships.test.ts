import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Account } from '../../support/http/client.ts';
import { mentoring, type Mentorship, mentorshipsIn } from '../../support/http/mentorships.ts';
import { type Service, startService } from '../../support/http/service.ts';
import { type ManualClock, manualClock, minutes } from '../../support/manual-clock.ts';

let clock: ManualClock;
let service: Service;
let people: ReturnType<typeof mentoring>;
let alice: Account;
let john: Account;
let bob: Account;
let others: Account[];

beforeAll(async () => {
  clock = manualClock();
  service = await startService({ clock });
  people = mentoring(service.api);
  alice = await service.api.join('Alice');
  john = await service.api.join('john');
  bob = await service.api.join('bob');
  others = await Promise.all(['dora', 'eve', 'finn', 'gus', 'hal'].map((name) => service.api.join(name)));
});
afterAll(() => service.stop());
beforeEach(async () => {
  await people.clear(alice, john, bob, ...others);
  await people.set(alice, { mentor_policy: 'open', mentor_capacity: null });
});

const open = async (account = john) => mentorshipsIn(await people.get(account, '/api/mentorships?status=requested'));

describe('a request', () => {
  test.each([
    ['to a mentor', { mentor: 'Alice', message: 'Teach me.' }, ['Alice', 'john', 'mentee']],
    ['to a mentee, an offer', { mentee: 'Alice', message: 'Let me teach you.' }, ['john', 'Alice', 'mentor']],
  ])('%s is a 201 with its Location, version and fields', async (_, sent, [mentor, mentee, by]) => {
    const answer = await people.ask(john, sent);
    const { id, created_at: created } = answer.body as { id: number; created_at: string };
    // The store gives each change its own millisecond, and this clock stands still.
    expect(Date.parse(created)).toBeGreaterThanOrEqual(clock.now());
    expect(answer).toMatchObject({ status: 201, headers: { location: `/api/mentorships/${id}`, etag: '"1"' } });
    expect(answer.body).toEqual({
      id,
      mentor_username: mentor,
      mentee_username: mentee,
      status: 'requested',
      requested_by: by,
      message: sent.message,
      reason: null,
      created_at: created,
      expires_at: new Date(Date.parse(created) + minutes(14 * 24 * 60)).toISOString(),
      started_at: null,
      ended_at: null,
      version: 1,
    });
    for (const side of [alice, john])
      expect(await people.get(side, answer.headers['location'] ?? '')).toMatchObject({
        status: 200,
        headers: { etag: '"1"' },
        body: answer.body as object,
      });
  });

  test.each(['ALICE', ' alice ', 'ａｌｉｃｅ'])('finds %j in any case and Unicode form', async (mentor) => {
    expect(await people.ask(john, { mentor })).toMatchObject({ status: 201, body: { mentor_username: 'Alice' } });
  });

  test.each([
    ['left out', {}, null],
    ['null', { message: null }, null],
    ['blank', { message: ' \n' }, null],
    ['in lines', { message: ' One.\r\n\tTwo.\n' }, ' One.\r\n\tTwo.\n'],
    ['as long as may be', { message: '🙂'.repeat(2000) }, '🙂'.repeat(2000)],
  ])('keeps a message, %s', async (_, message, shown) => {
    const answer = await people.ask(john, { mentor: 'alice', mentee: '', ...message });
    expect(answer).toMatchObject({ status: 201, body: { message: shown } });
  });

  test.each([
    ['neither side', {}, 'mentor', 'required'],
    ['blank sides', { mentor: ' ', mentee: null }, 'mentor', 'required'],
    ['both sides', { mentor: 'alice', mentee: 'bob' }, 'mentee', 'one_too_many'],
    ['an unknown mentor', { mentor: 'unknown' }, 'mentor', 'unknown_mentor'],
    ['an unknown mentee', { mentee: 'no body' }, 'mentee', 'unknown_mentee'],
    ['oneself as mentor', { mentor: ' JOHN ' }, 'mentor', 'self_mentoring'],
    ['oneself as mentee', { mentee: 'john' }, 'mentee', 'self_mentoring'],
    ['a number as mentor', { mentor: 1 }, 'mentor', 'wrong_type'],
    ['a list of mentees', { mentee: ['alice'] }, 'mentee', 'wrong_type'],
    ['a NUL in a name', { mentor: 'alice\0' }, 'mentor', 'invalid_text'],
    ['a message of 2,001 characters', { mentor: 'alice', message: 'x'.repeat(2001) }, 'message', 'too_long'],
    ['a message of 2,001 emoji', { mentor: 'alice', message: '🙂'.repeat(2001) }, 'message', 'too_long'],
    ['a control character', { mentor: 'alice', message: 'a\u001b[31m' }, 'message', 'invalid_text'],
    ['a control character of Latin 1', { mentor: 'alice', message: '\u0085' }, 'message', 'invalid_text'],
    ['a lone surrogate', { mentor: 'alice', message: 'a\ud800' }, 'message', 'invalid_text'],
    ['a message that is none', { mentor: 'alice', message: { text: 'x' } }, 'message', 'wrong_type'],
  ])('with %s is a 400 and is not stored', async (_, body, field, code) => {
    expect(await people.ask(john, body)).toMatchObject({ status: 400, body: { errors: [{ field, code }] } });
    expect(await open()).toEqual([]);
  });

  test.each([
    ['mentor_username', 'Did you mean "mentor"?'],
    ['mentee_username', 'Did you mean "mentee"?'],
    ['mesage', 'Did you mean "message"?'],
    ['status', 'The known fields are: mentor, mentee, message.'],
  ])('with the unknown field %s is rejected with: %s', async (field, hint) => {
    const { status, body } = await people.ask(john, { mentor: 'alice', [field]: 'alice' });
    expect({ status, body }).toMatchObject({ status: 400, body: { errors: [{ field, code: 'unknown_field' }] } });
    expect((body as { detail: string }).detail).toContain(hint);
    expect(await open()).toEqual([]);
  });

  test('has all its invalid fields named at once', async () => {
    const { body } = await people.ask(john, { mentor: 1, mentee: 'a\0', message: 'x'.repeat(2001), to: 'alice' });
    const { errors } = body as { errors: { field: string; code: string }[] };
    expect(Object.fromEntries(errors.map(({ field, code }) => [field, code]))).toEqual({
      mentor: 'wrong_type',
      mentee: 'invalid_text',
      message: 'too_long',
      to: 'unknown_field',
    });
  });
});

describe('a request in conflict with the current state', () => {
  const link = (mentee: Account, mentor: string) => people.set(mentee, { mentor });
  const cases: [string, () => Promise<unknown>, object, { code: string; field: string }][] = [
    ['to your mentee', () => link(alice, 'john'), { mentor: 'alice' }, { code: 'mentor_cycle', field: 'mentor' }],
    [
      'offered to your mentor',
      () => link(john, 'alice'),
      { mentee: 'alice' },
      { code: 'mentor_cycle', field: 'mentee' },
    ],
    [
      'to a mentee’s mentee',
      () => Promise.all([link(bob, 'john'), link(alice, 'bob')]),
      { mentor: 'alice' },
      { code: 'mentor_cycle', field: 'mentor' },
    ],
    [
      'to a closed mentor',
      () => people.set(alice, { mentor_policy: 'closed' }),
      { mentor: 'alice' },
      { code: 'mentor_closed', field: 'mentor' },
    ],
    ['to your mentor', () => link(john, 'alice'), { mentor: 'alice' }, { code: 'already_mentored', field: 'mentor' }],
    [
      'offered to your mentee',
      () => link(alice, 'john'),
      { mentee: 'alice' },
      { code: 'already_mentored', field: 'mentee' },
    ],
    [
      'sent twice',
      () => people.asked(john, { mentor: 'alice' }),
      { mentor: 'ALICE' },
      { code: 'request_exists', field: 'mentor' },
    ],
    [
      'to a mentor who has already offered',
      () => people.asked(alice, { mentee: 'john' }),
      { mentor: 'alice' },
      { code: 'request_exists', field: 'mentor' },
    ],
    [
      'offered to a mentee who has already asked',
      () => people.asked(alice, { mentor: 'john' }),
      { mentee: 'alice' },
      { code: 'request_exists', field: 'mentee' },
    ],
  ];

  test.each(cases)('%s is a 409', async (_, arrange, body, { code, field }) => {
    await arrange();
    const before = await open();
    expect(await people.ask(john, body)).toMatchObject({ status: 409, body: { code, errors: [{ field, code }] } });
    expect(await open()).toEqual(before);
  });

  test('names the open request in its problem', async () => {
    const id = await people.asked(john, { mentor: 'alice' });
    const { body } = await people.ask(john, { mentor: 'alice' });
    expect((body as { detail: string }).detail).toContain(`/api/mentorships/${id}.`);
  });

  test('is allowed to a mentor who is full', async () => {
    await people.set(alice, { mentor_capacity: 0 });
    expect(await people.ask(john, { mentor: 'alice' })).toMatchObject({ status: 201 });
  });

  test('is a 409 from a mentee who has five open ones; offers do not count', async () => {
    const [dora, eve] = others as [Account, Account];
    await people.asked(dora, { mentee: 'john' });
    for (const mentor of ['bob', 'eve', 'finn', 'gus', 'hal']) await people.asked(john, { mentor });
    const answer = await people.ask(john, { mentor: 'alice' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'too_many_open_requests' } });
    expect((answer.body as { detail: string }).detail).toMatch(/5 unanswered requests, .* \{"status": "cancelled"\}/);
    expect(await people.ask(alice, { mentee: 'john' })).toMatchObject({ status: 201 });

    const [{ id }] = mentorshipsIn(await people.get(eve, '/api/mentorships?role=mentor&limit=1')) as [Mentorship];
    await people.change(eve, id, { status: 'declined' });
    expect(await people.ask(john, { mentor: 'eve' })).toMatchObject({ status: 201 });
  });
});

describe('a single mentorship', () => {
  const notFound = { status: 404, body: { code: 'mentorship_not_found' } };

  test('is visible to its two sides, and a 404 for any other user', async () => {
    const id = await people.asked(john, { mentor: 'alice' });
    const stranger = await people.get(bob, `/api/mentorships/${id}`);
    expect(stranger).toMatchObject(notFound);
    expect(stranger.body).toEqual((await people.get(bob, '/api/mentorships/2147483647')).body);
    for (const headers of [{}, { 'if-match': '"7"' }])
      expect(await people.change(bob, id, { status: 'active' }, headers)).toMatchObject(notFound);
    expect(await people.get(john, `/api/mentorships/${id}`)).toMatchObject({ body: { status: 'requested' } });
  });

  // oxfmt-ignore
  const malformed = [
    '0', '01', '-1', '+1', '1.0', '1e0', '1e3', '0x1', 'abc', 'me', 'null', 'Graph', '%00', '1%00', 'graph%00', '1%0a', '%0a1', 'graph%0a', '%E2%80%A8', '%20', '1%20',
    '1%2F', '%F0%9F%98%80', '%EF%BC%91', '2147483647', '2147483648', '4294967297', '9007199254740993', '1'.repeat(100),
    '__proto__', '*', `1'--`, '{id}',
  ];
  test.each(malformed)('with the id %s is a 404', async (id) => {
    await people.ask(john, { mentor: 'alice' });
    expect(await people.get(john, `/api/mentorships/${id}`)).toMatchObject(notFound);
    expect(await people.change(john, id, { status: 'cancelled' })).toMatchObject(notFound);
    expect(await open()).toHaveLength(1);
  });
});
