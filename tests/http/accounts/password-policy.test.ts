import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Account, password as old } from '../../support/http/client.ts';
import { type Service, startOnSqlite, startService } from '../../support/http/service.ts';

const good = 'correct staple battery horse nineteen';
let readme: Awaited<ReturnType<typeof startOnSqlite>>;
let service: Service;
let ann: Account;
let veteran: Account;

beforeAll(async () => {
  readme = await startOnSqlite();
  veteran = await readme.api.join('veteran');
  service = await startService({ settings: { DATABASE_URL: `sqlite:${readme.path}`, PASSWORD_POLICY: 'strict' } });
  ann = await service.api.join('ann', { password: good, email: 'ann.lovelace@analytical-engines.example' });
});
afterAll(async () => {
  await service.stop();
  await readme.stop();
});

let users = 0;
const register = (password: string, more = {}) =>
  service.api.call('POST', '/api/registration', { body: { username: `user-${(users += 1)}`, password, ...more } });
const change = ({ access: token }: Account, body: object) =>
  service.api.call('PATCH', '/api/users/me', { token, body });
const refusal = (code: string, message: RegExp) => ({
  status: 400,
  body: {
    code: 'validation_failed',
    errors: [{ field: 'password', code, message: expect.stringMatching(message) as string }],
  },
});

const short: [what: string, password: string][] = [
  ['the README’s own example', '12345678'],
  ['14 characters', 'abcdefghijklm!'],
  ['14 emoji, each of two UTF-16 units', '🦊🐙🦉🐝🦀🐌🦋🐢🦎🐬🦔🐫🦜🐧'],
  ['nothing', ''],
];
/** Each has at least 15 characters. */
const common: [what: string, password: string][] = [
  ['a common password, repeated', 'passwordpassword'],
  ['a common one three times', 'qwertyqwertyqwerty'],
  ['a common one with digits after it', 'password12345678'],
  ['two common ones joined', 'letmeiniloveyou1'],
  ['letters for digits', 'P@ssw0rdP@ssw0rd'],
  ['one letter', 'aaaaaaaaaaaaaaaa'],
  ['a row of keys', 'qwertyuiopasdfghjkl'],
  ['a row of digits', '123456789012345678'],
  ['the alphabet', 'abcdefghijklmnopqrst'],
  ['names', 'michaeljessica1'],
];
const fine = [
  'correct staple battery horse nineteen',
  'zX9#kL2$vB7!qW4&',
  'vier Wörter, die nicht zusammengehören',
  '狐と梟と蟹と亀が夜の図書館で静かに本を読む',
  'four words that do not belong: otter sonnet gravel Tuesday',
  ' leading and trailing blanks count, marmalade ',
  `${'x7Q!'.repeat(4)}otter-sonnet-gravel-marmalade`.slice(0, 64),
];

describe('PASSWORD_POLICY=strict', () => {
  test.each(short)('rejects %s as too short, at registration and in an update', async (_, password) => {
    const tooShort = refusal('too_short', /at least 15 characters/);
    expect(await register(password)).toMatchObject(tooShort);
    expect(await change(ann, { password })).toMatchObject(tooShort);
  });

  test.each(common)('rejects %s as easy to guess, and says what to do', async (_, password) => {
    const easy = refusal('easy_to_guess', /Use four or more unrelated words\.$/);
    expect(await register(password)).toMatchObject(easy);
    expect(await change(ann, { password })).toMatchObject(easy);
  });

  test.each(fine)('accepts %j, which then logs in', async (password) => {
    const answer = await register(password);
    expect(answer).toMatchObject({ status: 201 });
    const { username } = answer.body as { username: string };
    await expect(service.api.logIn(username, password)).resolves.toHaveProperty('access');
  });

  test('rejects a password made of the user’s own username and email', async () => {
    const username = 'grace.hopper-navy';
    const email = 'marguerite@flowmatic.example';
    for (const password of ['grace.hopper-navy', 'gracehoppernavy1', 'marguerite@flowmatic.example'])
      expect(await register(password, { username, email })).toMatchObject(refusal('easy_to_guess', /./));
    expect(await change(ann, { password: 'ann.lovelace@analytical-engines.example' })).toMatchObject(
      refusal('easy_to_guess', /./),
    );
  });

  test('names all invalid fields at once', async () => {
    const { body } = await register('short', { email: 'nonsense', username: '?' });
    const { errors } = body as { errors: { field: string; message: string }[] };
    expect(errors.map(({ field }) => field).toSorted()).toEqual(['email', 'password', 'username']);
    expect(errors.find(({ field }) => field === 'password')?.message).toContain('15');
  });

  test('rejects 129 characters without judging them', async () => {
    expect(await register('otter sonnet '.repeat(10).slice(0, 129))).toMatchObject(refusal('too_long', /128/));
    expect(await register(`otter sonnet gravel marmalade ${'ab'.repeat(49)}`)).toMatchObject({ status: 201 });
  });

  test('a user with an older, weaker password can log in and change other fields', async () => {
    const tokens = await service.api.logIn('veteran', old);
    expect(await change({ ...veteran, ...tokens }, { email: 'veteran@example.com' })).toMatchObject({ status: 200 });
    const { body } = await service.api.call('GET', '/api/users/me', { token: tokens.access });
    expect(await change({ ...veteran, ...tokens }, body as object)).toMatchObject({ status: 200 });
    expect(await change({ ...veteran, ...tokens }, { password: '87654321' })).toMatchObject(refusal('too_short', /15/));
    expect(await change({ ...veteran, ...tokens }, { password: good, current_password: old })).toMatchObject({
      status: 200,
    });
    await expect(service.api.logIn('veteran', good)).resolves.toHaveProperty('access');
  });

  test('a rejected password changes nothing', async () => {
    const answer = await change(ann, { password: 'passwordpassword', phone: '1234567890' });
    expect(answer).toMatchObject({ status: 400 });
    expect(await service.api.call('GET', '/api/users/me', { token: ann.access })).toMatchObject({
      body: { phone: null },
    });
    await expect(service.api.logIn('ann', good)).resolves.toHaveProperty('access');
  });

  test('no message contains the password', async () => {
    for (const password of ['short-one', 'passwordpassword'])
      expect((await register(password)).text).not.toContain(password);
  });
});

describe('PASSWORD_POLICY=readme', () => {
  test.each(['12345678', 'password', 'aaaaaaaa'])('accepts %s', async (password) => {
    const body = { username: `readme-${password}`, password };
    expect(await readme.api.call('POST', '/api/registration', { body })).toMatchObject({ status: 201 });
  });
});
