import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Account, password } from '../../support/http/client.ts';
import { mentoring } from '../../support/http/mentorships.ts';
import { type Service, startService } from '../../support/http/service.ts';

let service: Service;
let people: ReturnType<typeof mentoring>;
let alice: Account;
let john: Account;
let bob: Account;

const defaultProfile = { mentor_policy: 'open', mentor_capacity: null, bio: null, skills: [] };
const originalKeys = ['email', 'id', 'mentees', 'mentor_username', 'phone', 'username'];

beforeAll(async () => {
  service = await startService({ settings: { PROFILE_CONTACT: 'self' } });
  people = mentoring(service.api);
  alice = await service.api.join('alice');
  john = await service.api.join('john');
  bob = await service.api.join('bob');
});
afterAll(() => service.stop());
beforeEach(async () => {
  await people.clear(alice, john, bob);
  await people.set(alice, defaultProfile);
});

const detail = async (of: Account, by = of) =>
  (await people.get(by, `/api/users/${of.id}`)).body as Record<string, unknown>;

describe('the profile of a mentor', () => {
  test('is absent from the detail of a user who has set none of it', async () => {
    expect(Object.keys(await detail(john)).toSorted()).toEqual([...originalKeys, 'password'].toSorted());
    expect(Object.keys(await detail(john, bob)).toSorted()).toEqual(originalKeys);
    await people.set(john, { email: 'john@example.com', mentor: '' });
    expect(Object.keys(await detail(john, bob)).toSorted()).toEqual(originalKeys);
  });

  test.each([
    ['mentor_policy', 'open'],
    ['mentor_capacity', 0],
    ['bio', 'I teach.'],
    ['skills', ['Go']],
  ])('is visible to every user once %s is set', async (field, value) => {
    const newcomer = await service.api.join(`newcomer-${field}`);
    const before = await detail(newcomer);
    const answer = await people.set(newcomer, { [field]: value });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({ ...before, ...defaultProfile, [field]: value });
    const { password: _, ...visible } = answer.body as Record<string, unknown>;
    expect(await detail(newcomer, john)).toEqual(visible);
  });

  test.each([
    ['mentor_policy', 'approval', 'approval'],
    ['mentor_policy', 'closed', 'closed'],
    ['mentor_capacity', 0, 0],
    ['mentor_capacity', 2147483647, 2147483647],
    ['mentor_capacity', null, null],
    ['bio', '', null],
    ['bio', ' ', null],
    ['bio', null, null],
    ['bio', ' In lines:\r\n\tone, two. ', ' In lines:\r\n\tone, two. '],
    ['bio', '🙂'.repeat(2000), '🙂'.repeat(2000)],
    ['skills', [], []],
    [
      'skills',
      ['C++', 'C#', '.NET', '日本語', '🙂', 'x'.repeat(50)],
      ['C++', 'C#', '.NET', '日本語', '🙂', 'x'.repeat(50)],
    ],
    ['skills', [' Type \t Script ', 'Go', 'TYPE SCRIPT', 'ｇｏ'], ['Type Script', 'Go']],
    [
      'skills',
      Array.from({ length: 50 }, (_, at) => `skill ${at}`),
      Array.from({ length: 50 }, (_, at) => `skill ${at}`),
    ],
  ])('%s: stores %j normalised, and changes nothing else', async (field, value, shown) => {
    await people.set(alice, { mentor_policy: 'approval', mentor_capacity: 7, bio: 'I teach.', skills: ['Go'] });
    const before = await detail(alice);
    expect((await people.set(alice, { [field]: value })).body).toEqual({ ...before, [field]: shown });
    expect(await detail(alice)).toEqual({ ...before, [field]: shown });
  });

  const skill = 'skills.0';
  test.each([
    ['mentor_policy', ['', 'Open', 'none', 'approval '], 'invalid_choice'],
    ['mentor_policy', [null, 1, true, ['open'], {}], 'wrong_type'],
    ['mentor_capacity', [-1, 2147483648, 1e21, -2147483648], 'out_of_range'],
    ['mentor_capacity', ['3', '', 1.5, true, [3], {}], 'wrong_type'],
    ['bio', ['x'.repeat(2001), '🙂'.repeat(2001)], 'too_long'],
    ['bio', ['a\0', '\ud800', 'a\u001b[31m', '\u0085'], 'invalid_text'],
    ['bio', [1, true, ['x'], {}], 'wrong_type'],
    ['skills', [Array.from({ length: 51 }, (_, at) => `skill ${at}`)], 'too_many'],
    ['skills', [null, 'Go', 1, {}], 'wrong_type'],
    [skill, [[''], [' \t'], ['\u3000']], 'required'],
    [skill, [['x'.repeat(51)], ['🙂'.repeat(51)]], 'too_long'],
    [skill, [['a\u0001'], ['a\u200bb'], ['\u202eGo'], ['\ufffe']], 'invalid_skill'],
    [skill, [['a\0'], ['\udfff']], 'invalid_text'],
    [skill, [[null], [1], [['Go']], [{}]], 'wrong_type'],
  ] as const)('%s: rejects %j as %s', async (field, values, code) => {
    const before = await detail(alice);
    for (const value of values) {
      const body = { [field.split('.', 1)[0] ?? '']: value, email: 'new@example.com' };
      expect({ value, ...(await people.set(alice, body)) }).toMatchObject({
        value,
        status: 400,
        body: { code: 'validation_failed', errors: [{ field, code }] },
      });
    }
    expect(await detail(alice)).toEqual(before);
  });

  test('has all its invalid fields named at once', async () => {
    const { body } = await people.set(alice, {
      mentor_policy: 1,
      mentor_capacity: -1,
      bio: [],
      skills: ['Go', ''],
      skill: 1,
    });
    const { errors } = body as { errors: { field: string; code: string }[] };
    expect(Object.fromEntries(errors.map(({ field, code }) => [field, code]))).toEqual({
      mentor_policy: 'wrong_type',
      mentor_capacity: 'out_of_range',
      bio: 'wrong_type',
      'skills.1': 'required',
      skill: 'unknown_field',
    });
  });

  test.each([
    ['skill', 'skills'],
    ['Bio', 'bio'],
    ['mentor_capacty', 'mentor_capacity'],
    ['mentor_polcy', 'mentor_policy'],
    ['mentorPolicy', 'mentor_policy'],
    ['biography', 'bio'],
  ])('is suggested for the unknown field %s: %s', async (field, meant) => {
    const errors = [{ field, code: 'unknown_field', message: `Unknown field. Did you mean "${meant}"?` }];
    expect(await people.set(alice, { [field]: 'x' })).toMatchObject({ status: 400, body: { errors } });
  });

  test('cannot be sent with a registration', async () => {
    const body = { username: 'early', password, mentor_policy: 'closed' };
    expect(await service.api.call('POST', '/api/registration', { body })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'mentor_policy', code: 'unknown_field' }] },
    });
  });

  test('changes nothing if it is sent back unchanged', async () => {
    await people.set(alice, {
      mentor_policy: 'approval',
      mentor_capacity: 1,
      bio: ' I teach.\n',
      skills: ['Go', 'C++'],
    });
    await people.change(alice, await people.asked(john, { mentor: 'alice' }), { status: 'active' });
    const read = await detail(alice);
    expect(await people.set(alice, read)).toMatchObject({ status: 200, body: read });
    expect(await detail(alice)).toEqual(read);
    expect(read).toMatchObject({ mentees: ['john'], mentor_capacity: 1, skills: ['Go', 'C++'] });
  });
});

describe('a mentor’s policy, for a user who names the mentor', () => {
  const name = (by = john) => people.set(by, { mentor: 'ALICE', phone: '555-0100' });
  const register = () =>
    service.api.call('POST', '/api/registration', {
      body: { username: 'early', password, mentor_username: 'ALICE' },
    });

  const choices: [code: string, choice: object, advice: RegExp, toRegister: RegExp][] = [
    [
      'mentor_requires_approval',
      { mentor_policy: 'approval' },
      /alice .*POST \/api\/mentorships \{"mentor": "alice"\}/,
      /log in, then send a request/,
    ],
    ['mentor_closed', { mentor_policy: 'closed' }, /alice .*GET \/api\/users\?accepting=true/, /Choose another mentor/],
    [
      'mentor_full',
      { mentor_capacity: 0 },
      /alice .*GET \/api\/users\?accepting=true.*POST \/api\/mentorships/,
      /Choose another mentor/,
    ],
  ];

  test.each(choices)('%s is a 409 that says what to do, and stores nothing', async (code, choice, advice) => {
    await people.set(alice, choice);
    const before = await detail(john);
    const answer = await name();
    expect(answer).toMatchObject({ status: 409, body: { code, errors: [{ field: 'mentor', code }] } });
    expect((answer.body as { detail: string }).detail).toMatch(advice);
    expect(await detail(john)).toEqual(before);
  });

  test.each(choices)(
    '%s is a 400 on mentor_username at registration, and registers no user',
    async (code, choice, _, advice) => {
      await people.set(alice, choice);
      const answer = await register();
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'validation_failed', errors: [{ field: 'mentor_username', code }] },
      });
      expect((answer.body as { detail: string }).detail).toMatch(advice);
      expect((await people.get(john, '/api/users?q=early')).body).toEqual([]);
    },
  );

  test.each(choices)('%s ends no active mentorship and accepts the current mentor sent again', async (code, choice) => {
    await name();
    await people.set(alice, code === 'mentor_full' ? { mentor_capacity: 1 } : choice);
    expect(await name()).toMatchObject({ status: 200, body: { mentor_username: 'alice' } });
    expect(await name(bob)).toMatchObject({ status: 409, body: { code } });
  });

  test.each(['approval', 'closed'])('%s does not stop a mentee who accepts the mentor’s offer', async (policy) => {
    await people.set(alice, { mentor_policy: policy });
    const id = await people.asked(alice, { mentee: 'john' });
    expect(await name()).toMatchObject({ status: 200, body: { mentor_username: 'alice' } });
    expect(await people.get(john, `/api/mentorships/${id}`)).toMatchObject({ body: { status: 'active', version: 2 } });
  });

  test('a full mentor’s offer stays open until a place is free', async () => {
    await people.set(alice, { mentor_capacity: 0 });
    const id = await people.asked(alice, { mentee: 'john' });
    expect(await name()).toMatchObject({ status: 409, body: { code: 'mentor_full' } });
    expect(await people.get(john, `/api/mentorships/${id}`)).toMatchObject({
      body: { status: 'requested', version: 1 },
    });
  });
});

describe('a capacity below the number of mentees', () => {
  test('is a 409 that names the number of mentees, and stores nothing', async () => {
    for (const by of [john, bob]) await people.set(by, { mentor: 'alice' });
    const before = await detail(alice);
    for (const capacity of [0, 1]) {
      const answer = await people.set(alice, { mentor_capacity: capacity, bio: 'I teach.' });
      const code = 'capacity_below_mentees';
      expect(answer).toMatchObject({ status: 409, body: { code, errors: [{ field: 'mentor_capacity', code }] } });
      expect((answer.body as { detail: string }).detail).toContain(`2 mentees, more than a capacity of ${capacity}.`);
    }
    expect(await detail(alice)).toEqual(before);
    expect(await people.set(alice, { mentor_capacity: 2 })).toMatchObject({ status: 200 });
  });
});
