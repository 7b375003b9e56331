import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Account } from '../../support/http/client.ts';
import { type Service, startService } from '../../support/http/service.ts';

let service: Service;
let alice: Account;
let john: Account;

beforeAll(async () => {
  service = await startService({ safeHashes: true });
  alice = await service.api.join('Alice', { email: 'alice@example.com' });
  john = await service.api.join('john', { mentor_username: 'alice', phone: '1234567890' });
  await service.api.join('bob', { mentor_username: 'john' });
  await service.api.join('Zoë', { mentor_username: 'ALICE' });
});
afterAll(() => service.stop());

const get = (url: string, token = john.access) => service.api.call('GET', url, { token });

describe('the list of users', () => {
  test('is a bare array, sorted by ascending id', async () => {
    const { status, body, headers } = await get('/api/users');
    expect({ status, body }).toEqual({
      status: 200,
      body: [
        { username: 'Alice', mentor_username: null },
        { username: 'john', mentor_username: 'Alice' },
        { username: 'bob', mentor_username: 'john' },
        { username: 'Zoë', mentor_username: 'Alice' },
      ],
    });
    expect(headers).not.toHaveProperty('link');
  });

  test.each([
    ['alice', ['john', 'Zoë']],
    ['ALICE', ['john', 'Zoë']],
    ['%20Alice%20', ['john', 'Zoë']],
    ['JOHN', ['bob']],
    ['ZOE%CC%88', []],
    ['bob', []],
    ['unknown', []],
    ['', []],
  ])('of the mentor %s is %j', async (mentor, expected) => {
    const { status, body } = await get(`/api/users?mentor=${mentor}`);
    expect(status).toBe(200);
    expect((body as { username: string }[]).map(({ username }) => username)).toEqual(expected);
  });

  test.each(['/api/users/', '/api/users?', '/api/users/?limit=1000'])('is also at %s', async (url) => {
    expect((await get(url)).body).toEqual((await get('/api/users')).body);
  });
});

describe('the detail of a user', () => {
  const johnsDetail = () => ({
    id: john.id,
    username: 'john',
    password: '$argon2id$v=19$m=19456,t=2,p=1$********',
    phone: '1234567890',
    email: null,
    mentor_username: 'Alice',
    mentees: ['bob'],
  });

  test('shows your own password hash masked', async () => {
    expect(await get(`/api/users/${john.id}`)).toMatchObject({ status: 200, body: johnsDetail() });
    expect((await get(`/api/users/${john.id}`)).body).toEqual(johnsDetail());
  });

  test('has no password of another user, and null or an empty list for absent values', async () => {
    const { password: _, ...visible } = johnsDetail();
    expect((await get(`/api/users/${john.id}`, alice.access)).body).toEqual(visible);
    expect((await get('/api/users/4')).body).toEqual({
      id: 4,
      username: 'Zoë',
      phone: null,
      email: null,
      mentor_username: 'Alice',
      mentees: [],
    });
  });

  test('lists the mentees by ascending id', async () => {
    expect((await get('/api/users/1')).body).toMatchObject({ mentees: ['john', 'Zoë'] });
  });

  test.each(['/api/users/me', '/api/users/me/', '/api/users/2/', '/api/users/me?x=1'])('is also at %s', async (url) => {
    expect((await get(url)).body).toEqual(johnsDetail());
  });
});
