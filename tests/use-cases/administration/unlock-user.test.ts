import type { Client } from '@mentorship/domain';
import { beforeEach, expect, test } from 'vitest';
import { refusal } from '../../support/refusals.ts';
import { createTestApplication, type Member, password, type TestApplication } from '../../support/test-application.ts';

const at = (address: string): Client => ({ ip: address, network: address, userAgent: null });

let app: TestApplication;
let alice: Member;
beforeEach(async () => {
  app = createTestApplication();
  alice = await app.join('Alice');
});

const logIn = (typed: string, client: Client) => app.logIn({ username: 'alice', password: typed, client });
const fail = async (times: number, client: Client) => {
  for (let at = 0; at < times; at++) await logIn('wrong', client).catch(() => {});
};
const tooMany = expect.objectContaining({ code: 'too_many_attempts' });

test('lets the owner log in at once from an address where the limit is used up, and records it', async () => {
  const [home, other] = [at('192.0.2.1'), at('192.0.2.2')];
  for (const client of [home, other]) await fail(11, client);
  await expect(logIn(password, home)).rejects.toEqual(tooMany);
  expect(await app.administration.unlockUser({ username: 'ALICE' })).toMatchObject({ user: { id: alice.id } });
  for (const client of [home, other]) await expect(logIn(password, client)).resolves.toHaveProperty('access');
  const { events } = await app.listEvents({ actor: alice.actor, limit: 3 });
  expect(events.map(({ type }) => type)).toEqual(['logged_in', 'logged_in', 'account_unlocked']);
});

test('lets the owner log in from a new address after an attack from many', async () => {
  for (let host = 1; host <= 11; host++) await fail(10, at(`198.51.100.${host}`));
  await expect(logIn(password, at('192.0.2.7'))).rejects.toEqual(tooMany);
  await app.administration.unlockUser({ username: 'alice' });
  await expect(logIn(password, at('192.0.2.7'))).resolves.toHaveProperty('access');
});

test('changes nothing for others', async () => {
  await app.join('Bob');
  const home = at('192.0.2.1');
  await fail(11, home);
  for (let n = 0; n < 11; n++) await app.logIn({ username: 'bob', password: 'wrong', client: home }).catch(() => {});
  await app.administration.unlockUser({ username: 'alice' });
  await expect(app.logIn({ username: 'bob', password, client: home })).rejects.toEqual(tooMany);
});

test('throws user_not_found for an unknown name', async () => {
  await expect(app.administration.unlockUser({ username: 'unknown' })).rejects.toMatchObject(
    refusal('user_not_found', {}),
  );
});
