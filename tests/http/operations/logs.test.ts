import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Account, Call, Method } from '../../support/http/client.ts';
import { answersIn, exchange, listen, request } from '../../support/http/raw.ts';
import { memoryLog, startService } from '../../support/http/service.ts';
import { createPostgresDatabase } from '../../support/processes/postgres.ts';

const log = memoryLog();
const secret = 'tr0ub4dor-and-3';
const newSecret = 'correct-horse-battery';
const database = await createPostgresDatabase();
const settings = { DATABASE_URL: database.url, API_PASSWORD_FIELD: 'hash' };
const { api, stop } = await startService({ logger: log.logger, settings });
const inside = new Client({ connectionString: database.url });
/** Messages and biographies are private too. */
const words = {
  message: 'between-the-two-of-us',
  reason: 'why-it-is-over',
  bio: 'what-i-am-like',
  skill: 'what-i-can-do',
};
const secrets = new Map([['the password', secret], ['the new password', newSecret], ...Object.entries(words)]);
let john: Account;
let answered = 0;

/** Half of a secret must not appear either. */
const keep = (what: string, text: string) => {
  for (const [at, part] of (text.match(/.{20,}?(?=\.|\$|$)/g) ?? [text]).entries())
    secrets.set(`${what}, part ${at}`, part);
};
const call = (method: Method, url: string, options: Call = {}) => {
  answered += 1;
  return api.unchecked(method, url, options);
};

beforeAll(async () => {
  john = await api.join('john', { password: secret });
  answered = log.lines().length;
  const { access: token, refresh } = john;
  keep('the access token', token);
  keep('the refresh token', refresh);

  const own = await call('GET', '/api/users/me', { token });
  keep('the hash', (own.body as { password: string }).password);
  const refreshed = await call('POST', '/api/token/refresh', { body: { refresh } });
  keep('the second access token', (refreshed.body as { access: string }).access);

  await call('PATCH', '/api/users/me', { token, body: { password: newSecret } });
  const changed = await call('GET', '/api/users/me', { token });
  keep('the second hash', (changed.body as { password: string }).password);

  // Rejections of every type, each with a secret in it.
  await call('POST', '/api/login', { body: { username: 'john', password: secret } });
  await call('POST', '/api/login', { payload: `{"username":"john","password":"${newSecret}"` });
  await call('POST', '/api/login', { body: { username: 'john', password: [newSecret] } });
  await call('POST', '/api/login', {
    payload: `password=${newSecret}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  await call('POST', '/api/registration', { body: { username: 'john', password: newSecret } });
  await call('POST', '/api/registration', { body: { username: 'mike', password: newSecret, [newSecret]: 1 } });
  await call('POST', '/api/registration', { payload: JSON.stringify({ password: newSecret.repeat(5000) }) });
  await call('GET', '/api/users', { headers: { authorization: `Basic ${newSecret}` } });
  await call('GET', '/api/users', { token: `${token}x` });
  await call('POST', '/api/logout', { token, body: { refresh: `${refresh}x` } });
  await call('PATCH', '/api/users/999', { token, body: { password: newSecret } });
  await call('POST', '/nowhere', { token, body: { password: newSecret } });
  await call('GET', '/api/users/%zz', { token });

  // Routes that check the current password, and those that list or end sessions.
  await call('PATCH', '/api/users/me', { token, body: { current_password: secret } });
  await call('PATCH', '/api/users/me', { token, body: { current_password: newSecret, email: 'other@example.com' } });
  await call('PATCH', '/api/users/me', { token, body: { current_password: [newSecret] } });
  await call('DELETE', '/api/users/me', { token, body: { current_password: secret } });
  await call('DELETE', '/api/users/me', { token, payload: `{"current_password":"${newSecret}"` });
  await call('DELETE', '/api/users/me', { token, payload: JSON.stringify({ current_password: [newSecret] }) });
  await call('GET', '/api/sessions', { token, headers: { 'user-agent': newSecret } });
  await call('DELETE', `/api/sessions/unknown?token=${token}&password=${newSecret}`, { token: `${token}x` });
  await call('DELETE', '/api/sessions/unknown', { token, headers: { 'content-type': 'application/json' } });
  await call('GET', '/api/users/me/events', { token, headers: { 'x-forwarded-for': newSecret } });
  await call('GET', `/api/users/me/events?cursor=${newSecret}`, { token });
  const other = await api.logIn('john', newSecret);
  answered += 1;
  keep('another access token', other.access);
  keep('another refresh token', other.refresh);
  await call('POST', '/api/logout', { token, body: { refresh: other.refresh, scope: newSecret } });
  for (let attempt = 0; attempt < 12; attempt += 1)
    await call('POST', '/api/login', { body: { username: newSecret, password: secret } });

  // Messages in mentorships, accepted and rejected.
  const { message, reason, bio, skill } = words;
  await call('POST', '/api/registration', { body: { username: 'ann', password: newSecret, mentor_username: 'john' } });
  await call('POST', '/api/registration', { body: { username: 'bob', password: newSecret } });
  await call('PATCH', '/api/users/me', { token, body: { bio, skills: [skill] } });
  await call('PATCH', '/api/users/me', { token, body: { bio: [bio], skills: skill } });
  await call('POST', '/api/mentorships', { token, body: { mentee: 'bob', message } });
  await call('POST', '/api/mentorships', { token, body: { mentee: 'bob', message } });
  await call('POST', '/api/mentorships', { token, body: { mentor: message, message: `${message}\0` } });
  await call('POST', '/api/mentorships', { token, body: { mentor: 'john', message, [message]: message } });
  await call('PATCH', '/api/mentorships/1', {
    token,
    body: { status: 'ended', reason },
    headers: { 'if-match': reason },
  });
  await call('PATCH', '/api/mentorships/1', { token, body: { status: 'completed', reason } });
  await call('PATCH', '/api/mentorships/1', { token, body: { status: reason, reason: [reason] } });
  await call('PATCH', '/api/mentorships/1', { token, payload: `{"reason":"${reason}"` });
  await call('GET', '/api/mentorships/graph?root=unknown&at=now', { token });
  await call('GET', `/api/users?skill=${skill}&q=${message}`, { token });

  // The store fails for every type of statement. PostgreSQL reports the complete row that violates a constraint.
  await inside.connect();
  await inside.query('ALTER TABLE users RENAME TO gone; ALTER TABLE sessions RENAME TO gone_too');
  await call('POST', '/api/registration', { body: { username: 'mike', password: newSecret } });
  await call('POST', '/api/login', { body: { username: 'john', password: newSecret } });
  await call('POST', '/api/token/refresh', { body: { refresh } });
  await call('GET', '/api/users/me', { token });
  await call('DELETE', '/api/users/me', { token, body: { current_password: newSecret } });
  await call('GET', '/api/sessions', { token });
  await call('DELETE', '/api/sessions/unknown', { token });
  await inside.query('ALTER TABLE gone RENAME TO users; ALTER TABLE gone_too RENAME TO sessions');
  await inside.query(`ALTER TABLE users ADD CONSTRAINT surprise CHECK (email <> 'new@example.com')`);
  await call('POST', '/api/registration', {
    body: { username: 'mike', password: newSecret, email: 'new@example.com' },
  });
  await call('PATCH', '/api/users/me', { token, body: { password: newSecret, email: 'new@example.com' } });
  await inside.query(
    `ALTER TABLE mentorships ADD CONSTRAINT surprise CHECK (message IS NULL AND reason IS NULL) NOT VALID`,
  );
  await call('POST', '/api/mentorships', { token, body: { mentor: 'ann', message } });
  await call('PATCH', '/api/mentorships/2', { token, body: { status: 'cancelled', reason } });
  await inside.query('ALTER TABLE mentorships DROP CONSTRAINT surprise');

  await call('POST', '/api/logout', { token, body: { refresh, scope: 'others' } });
  await call('POST', '/api/logout', { token: other.access, body: { refresh: other.refresh, scope: 'all' } });
  await call('POST', '/api/logout', { token, body: { refresh } });
  const last = await api.logIn('john', newSecret);
  answered += 1;
  keep('the last access token', last.access);
  await call('DELETE', '/api/users/me', { token: last.access, body: { current_password: newSecret } });
});
afterAll(async () => {
  await inside.end();
  await stop();
  await database.drop();
});

describe('the log on postgres', () => {
  test('is JSON with the request id on every line', () => {
    for (const line of log.lines())
      expect(line).toMatchObject({ reqId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
  });

  test('has one line per request with its status', () => {
    const lines = log.lines().filter(({ msg }) => msg === 'answered');
    expect(new Set(lines.map(({ reqId }) => reqId)).size).toBe(lines.length);
    expect(lines.length).toBeGreaterThanOrEqual(answered - 1);
    for (const line of lines) expect(line).toMatchObject({ method: expect.any(String), status: expect.any(Number) });
  });

  test('has the cause of every 500, with the request id of the response', () => {
    const failed = log.lines().filter(({ level }) => level >= 50);
    expect(failed).toHaveLength(11);
    for (const line of failed)
      expect(line).toMatchObject({
        error: { message: expect.stringMatching(/gone|does not exist|surprise/) as string },
      });
  });

  test('contains no password, hash, token, message or Authorization header', () => {
    const text = log.text();
    expect(secrets.size).toBeGreaterThanOrEqual(16);
    expect([...secrets].filter(([, part]) => text.includes(part)).map(([what]) => what)).toEqual([]);
    expect(text).not.toMatch(/bearer |\$argon2|eyJ/i);
  });

  test('contains no secret from the query of a URL', async () => {
    const url = `/api/users?access_token=${john.access}&password=${newSecret}`;
    await api.unchecked('GET', url);
    await api.unchecked('GET', `/nowhere?password=${newSecret}`);
    expect(log.text()).not.toContain(newSecret);
    expect(log.text()).not.toContain('eyJ');
  });

  test('contains nothing of a request that Node rejects', async () => {
    const other = memoryLog();
    const { app, stop: stopOther } = await startService({ logger: other.logger });
    const port = await listen(app);
    const pieces = request(['GET /api/users HTTP/1.1', 'Host: x', `Authorization: Bearer ${newSecret.repeat(1000)}`]);
    expect(answersIn(await exchange(port, pieces))).toMatchObject([{ status: 431 }]);
    await exchange(port, [`NONSENSE ${newSecret}\r\n\r\n`]);
    await stopOther();
    expect(other.text()).not.toContain(newSecret);
  });
});
