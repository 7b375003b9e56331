import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Account, password } from '../../support/http/client.ts';
import { type Service, startService } from '../../support/http/service.ts';

let service: Service;
let alice: Account;

beforeAll(async () => {
  service = await startService();
  alice = await service.api.join('alice');
});
afterAll(() => service.stop());

const register = (body: unknown) => service.api.call('POST', '/api/registration', { body });
const names = async () => {
  const { body } = await service.api.call('GET', '/api/users', { token: alice.access });
  return (body as { username: string }[]).map(({ username }) => username);
};

describe('registration', () => {
  test("answers the README's example with 201, the user and its Location", async () => {
    const answer = await register({
      username: 'john',
      password: '12345678',
      email: 'john@example.com',
      phone: '+79999999999',
      mentor_username: 'alice',
    });

    expect(answer).toMatchObject({ status: 201, headers: { location: '/api/users/2' } });
    expect(answer.body).toEqual({
      id: 2,
      username: 'john',
      email: 'john@example.com',
      phone: '+79999999999',
      mentor_username: 'alice',
    });
    const at = await service.api.call('GET', answer.headers['location'] ?? '', { token: alice.access });
    expect(at.body).toMatchObject({ id: 2, username: 'john' });
  });

  test.each([
    ['left out', {}],
    ['""', { email: '', phone: '', mentor_username: '' }],
    ['null', { email: null, phone: null, mentor_username: null }],
    ['blank', { email: ' ', phone: '\t', mentor_username: '  ' }],
  ])('treats a value that is %s as absent', async (how, details) => {
    const { status, body } = await register({ username: `absent-${how.length}`, password, ...details });

    expect(status).toBe(201);
    expect(body).toMatchObject({ email: null, phone: null, mentor_username: null });
  });

  test.each([
    ['a trailing slash', '/api/registration/', {}],
    ['a charset', '/api/registration', { 'content-type': 'application/json; charset=utf-8' }],
    ['a content type in capitals', '/api/registration', { 'content-type': 'APPLICATION/JSON' }],
  ])('works with %s', async (what, url, headers) => {
    const body = { username: what.replaceAll(' ', '-'), password };
    expect(await service.api.call('POST', url, { body, headers })).toMatchObject({ status: 201 });
  });

  test.each([
    ['  trimmed\n', 'trimmed'],
    ['ﬁona', 'fiona'],
    ['ｗｉｄｅ', 'wide'],
    ['Кириллица', 'Кириллица'],
    ['日本語', '日本語'],
    ['e\u0301toile', '\u00e9toile'],
    ['𝟙𝟚', '12'],
    ['a.b+c-d_e@f', 'a.b+c-d_e@f'],
    ['x', 'x'],
    ['y'.repeat(150), 'y'.repeat(150)],
    ['𠀀'.repeat(150), '𠀀'.repeat(150)],
    ['__proto__', '__proto__'],
    ['constructor', 'constructor'],
  ])('keeps the username %j as %j', async (username, shown) => {
    const { status, body } = await register({ username, password });
    expect({ status, body }).toMatchObject({ status: 201, body: { username: shown } });
  });

  test.each([
    ['weiß', ['weiß', 'WEISS', 'weiss', 'WEIẞ']],
    ['Σίσυφος', ['ΣΊΣΥΦΟΣ', 'σίσυφοσ']],
    ['Zoë', ['zoë', 'ZOE\u0308', ' ZOË ', 'ｚｏë']],
  ])('of %s takes the username in every case and Unicode form', async (username, same) => {
    expect(await register({ username, password })).toMatchObject({ status: 201 });
    for (const again of same)
      expect(await register({ username: again, password })).toMatchObject({
        status: 409,
        body: { code: 'username_taken', errors: [{ field: 'username', code: 'username_taken' }] },
      });
  });

  test.each([
    ['ALICE', 'alice'],
    [' alice ', 'alice'],
    ['ａｌｉｃｅ', 'alice'],
  ])('finds the mentor %j, shown as %s', async (mentor_username, shown) => {
    const answer = await register({
      username: `of-${Buffer.from(mentor_username).toString('hex')}`,
      password,
      mentor_username,
    });
    expect(answer).toMatchObject({ status: 201, body: { mentor_username: shown } });
  });

  test.each(['unknown', 'alice2', 'with space', '../alice', 'n'.repeat(10_000), 'self'])(
    'registers no user with the unknown mentor %.20s',
    async (mentor_username) => {
      const before = await names();
      const answer = await register({ username: 'self', password, mentor_username });

      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'mentor_username' }] } });
      expect(await names()).toEqual(before);
    },
  );

  test('leaves the username free after a rejected registration', async () => {
    await register({ username: 'second-try', password, mentor_username: 'unknown' });
    expect(await register({ username: 'second-try', password })).toMatchObject({ status: 201 });
  });

  test.each([
    '12345678',
    ' '.repeat(8),
    'x'.repeat(128),
    '🔑'.repeat(8),
    '🔑'.repeat(128),
    'a\nb\tc\u0007d e',
    'пароль-1',
  ])('accepts the password %j, which then logs in', async (secret) => {
    const username = `p-${Buffer.from(secret).toString('hex').slice(0, 40)}-${secret.length}`;
    expect(await register({ username, password: secret })).toMatchObject({ status: 201 });
    await expect(service.api.logIn(username, secret)).resolves.toHaveProperty('access');
  });

  test.each([
    ['phone', ['+79999999999', '123-456-7890', '1234567890', '+1 (555) 010.99', '123', '1'.repeat(32)]],
    ['email', ['a@b.co', 'first.last+tag@sub.example.com', 'почта@пример.рф', `${'l'.repeat(64)}@example.com`]],
  ])('accepts every valid %s', async (field, values) => {
    for (const [index, value] of values.entries())
      expect(await register({ username: `${field}-${index}`, password, [field]: value })).toMatchObject({
        status: 201,
        body: { [field]: value },
      });
  });

  test.each([
    [
      'username',
      ['', '  ', 'two words', 'a/b', 'a\tb', 'emoji😀', 'z'.repeat(151), '㎏/', 'a:b', '<b>', '\u200b', 'a\u202eb'],
    ],
    ['password', ['', '1234567', 'x'.repeat(129), '🔑'.repeat(7), '🔑'.repeat(129)]],
    [
      'email',
      [
        'john',
        'john@',
        '@example.com',
        'a b@example.com',
        'a@b',
        'a@b..co',
        'a@@b.co',
        `${'l'.repeat(65)}@b.co`,
        `a@${'b.'.repeat(130)}co`,
      ],
    ],
    ['phone', ['12', 'abc', '+7 999 abc', '1'.repeat(33), '١٢٣٤', '123;ext=4', '+-()']],
  ])('names an invalid %s', async (field, values) => {
    const before = await names();
    const good = { username: 'newcomer', password };
    for (const value of values) {
      const answer = await register({ ...good, [field]: value });
      expect({ value, ...answer }).toMatchObject({ value, status: 400, body: { code: 'validation_failed' } });
      expect((answer.body as { errors: unknown[] }).errors).toEqual([
        { field, code: expect.stringMatching(/^[a-z_]+$/), message: expect.stringMatching(/\S/) },
      ]);
    }
    expect(await names()).toEqual(before);
  });

  test('names all invalid fields at once: types, values, missing and unknown fields', async () => {
    const bad = { username: 'a b', email: 'nope', phone: 12, mentor_username: ['alice'], nickname: 'x' };
    const { body } = await register(bad);

    const errors = (body as { errors: { field: string; code: string }[] }).errors;
    expect(Object.fromEntries(errors.map(({ field, code }) => [field, code]))).toEqual({
      username: 'invalid_username',
      password: 'required',
      email: 'invalid_email',
      phone: 'wrong_type',
      mentor_username: 'wrong_type',
      nickname: 'unknown_field',
    });
    expect(errors).toHaveLength(6);
  });

  test.each([
    ['mentor', 'mentor_username'],
    ['user', 'username'],
    ['Username', 'username'],
    ['emial', 'email'],
    ['phone_number', 'phone'],
    ['passwrod', 'password'],
  ])('suggests for %s the field %s', async (unknown, meant) => {
    const answer = await register({ username: 'newcomer', password, [unknown]: 'alice' });
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ field: unknown, code: 'unknown_field', message: expect.stringContaining(`"${meant}"`) }] },
    });
  });

  test('ignores a malformed Authorization header', async () => {
    for (const [index, authorization] of ['Bearer garbage', 'Basic YTpi', 'Bearer', ''].entries()) {
      const body = { username: `open-${index}`, password };
      expect(await service.api.call('POST', '/api/registration', { body, headers: { authorization } })).toMatchObject({
        status: 201,
      });
    }
  });
});
