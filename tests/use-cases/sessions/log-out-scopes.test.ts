import type { LogoutScope } from '@mentorship/application';
import { beforeEach, describe, expect, test } from 'vitest';
import { minutes } from '../../support/manual-clock.ts';
import { refusal } from '../../support/refusals.ts';
import { createTestApplication, type Member, type TestApplication } from '../../support/test-application.ts';

const refused = refusal('logout_token_refused', {});

let app: TestApplication;
let alice: Member;
let phone: Member;
let desk: Member;
let bob: Member;
beforeEach(async () => {
  app = createTestApplication();
  alice = await app.join('alice');
  [phone, desk] = [await app.logInAgain(alice), await app.logInAgain(alice)];
  bob = await app.join('bob');
});

/** The members whose access and refresh tokens are valid. */
const live = async (): Promise<Member[]> => {
  const all = [alice, phone, desk, bob];
  const valid = await Promise.all(
    all.map(async (member) => {
      const uses = await Promise.allSettled([app.authenticate({ token: member.access }), app.refreshAccess(member)]);
      expect(new Set(uses.map(({ status }) => status)).size).toBe(1);
      return uses.every(({ status }) => status === 'fulfilled');
    }),
  );
  return all.filter((_, index) => valid[index]);
};

test.each<[scope: LogoutScope | undefined, stay: () => Member[]]>([
  [undefined, () => [phone, desk, bob]],
  ['session', () => [phone, desk, bob]],
  ['others', () => [alice, bob]],
  ['all', () => [bob]],
])('the scope %s ends its sessions and no others', async (scope, stay) => {
  await app.logOut({ actor: alice.actor, refresh: alice.refresh, ...(scope && { scope }) });
  expect(await live()).toEqual(stay());
});

test('the refresh token decides which session stays, not the access token', async () => {
  await app.logOut({ actor: alice.actor, refresh: phone.refresh, scope: 'others' });
  expect(await live()).toEqual([phone, bob]);
});

test('the scope others succeeds without other sessions', async () => {
  await app.logOut({ actor: bob.actor, refresh: bob.refresh, scope: 'others' });
  expect(await live()).toEqual([alice, phone, desk, bob]);
});

test('records an event for each ended session', async () => {
  await app.logOut({ ...alice, scope: 'all' });
  const { events } = await app.listEvents({ actor: alice.actor, limit: 3 });
  expect(events).toMatchObject(Array(3).fill({ type: 'session_ended', reason: 'logout' }));
  const ended = new Set([alice, phone, desk].map(({ actor }) => actor.sessionId));
  expect(new Set(events.map(({ sessionId }) => sessionId))).toEqual(ended);
});

describe.each<LogoutScope>(['session', 'others', 'all'])('with the scope %s, it refuses', (scope) => {
  test.each<[name: string, refresh: () => string]>([
    ['the refresh token of another user', () => bob.refresh],
    ['an access token', () => alice.access],
    ['garbage', () => 'garbage'],
    ['empty text', () => ''],
  ])('%s', async (_, refresh) => {
    await expect(app.logOut({ actor: alice.actor, refresh: refresh(), scope })).rejects.toMatchObject(refused);
    expect(await live()).toEqual([alice, phone, desk, bob]);
  });

  test('the token of an ended session', async () => {
    await app.logOut(phone);
    await expect(app.logOut({ actor: alice.actor, refresh: phone.refresh, scope })).rejects.toMatchObject(refused);
    expect(await live()).toEqual([alice, desk, bob]);
  });

  test('an expired token', async () => {
    app.clock.advance(minutes(30));
    const late = await app.logInAgain(alice);
    app.clock.advance(minutes(30));
    await expect(app.logOut({ actor: late.actor, refresh: alice.refresh, scope })).rejects.toMatchObject(refused);
    await expect(app.refreshAccess(late)).resolves.toHaveProperty('access');
  });
});

test('of 20 logouts of all sessions at once, exactly one succeeds', async () => {
  const attempts = Array.from({ length: 20 }, () => app.logOut({ ...alice, scope: 'all' }));
  const settled = await Promise.allSettled(attempts);
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await live()).toEqual([bob]);
});
