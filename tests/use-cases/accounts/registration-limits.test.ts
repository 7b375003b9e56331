import type { Ports } from '@mentorship/application';
import { describe, expect, test } from 'vitest';
import { minutes } from '../../support/manual-clock.ts';
import { recordingStorage } from '../../support/store/recording-storage.ts';
import { refusal } from '../../support/refusals.ts';
import { createTestApplication, from, password, policy } from '../../support/test-application.ts';

const here = from('192.0.2.1');
const waiting = refusal('too_many_attempts', { retryAfter: 3600 });

/** Five registrations per hour from one network. */
const openLimited = (replace: (ports: Ports) => Partial<Ports> = () => ({})) => {
  const budgets = { ...policy.budgets, registration: { attempts: 5, period: 60 * 60 } };
  const app = createTestApplication((ports) => ({ policy: { ...policy, budgets }, ...replace(ports) }));
  const register = (username: string, client = here) => app.registerUser({ username, password, client });
  const registerFive = async () => {
    for (let count = 0; count < 5; count += 1) await register(`user${count}`);
  };
  return { app, register, registerFive };
};

test('closed registration refuses every registration', async () => {
  const app = createTestApplication(() => ({ policy: { ...policy, registrationOpen: false } }));
  for (const username of ['alice', '', 'a b'])
    await expect(app.registerUser({ username, password })).rejects.toMatchObject(refusal('registration_closed', {}));
  expect(await app.mentors()).toEqual({});
});

describe('with a rate limit of registrations per network', () => {
  test('one registration too many is refused until the period ends', async () => {
    const { app, register, registerFive } = openLimited();
    await registerFive();
    await expect(register('late')).rejects.toMatchObject(waiting);
    app.clock.advance(minutes(59));
    await expect(register('late')).rejects.toMatchObject(refusal('too_many_attempts', { retryAfter: 60 }));
    app.clock.advance(minutes(1));
    await expect(register('late')).resolves.toHaveProperty('user.username', 'late');
  });

  test('of 64 at once, as many succeed as the limit allows', async () => {
    const { app, register } = openLimited();
    const settled = await Promise.allSettled(Array.from({ length: 64 }, (_, at) => register(`user${at}`)));
    const refused = settled.filter(({ status }) => status === 'rejected');
    expect(refused).toMatchObject(Array(59).fill({ reason: refusal('too_many_attempts') }));
    expect(Object.keys(await app.mentors())).toHaveLength(5);
  });

  test('another network has its own limit', async () => {
    const { register, registerFive } = openLimited();
    await registerFive();
    await expect(register('late', from('192.0.2.2'))).resolves.toHaveProperty('user');
  });

  test('the networks of one IPv6 line have ten in a /56 and twenty in a /48', async () => {
    const { app, register } = openLimited();
    const of = (number: number) => ({ ...here, network: `2001:db8:1:${number.toString(16)}::/64` });
    const registerFrom = async (networks: readonly number[]) => {
      const codes: string[] = [];
      for (const network of networks)
        for (let count = 0; count < 5; count += 1)
          await register(`user${network}-${count}`, of(network)).catch(({ code }: { code: string }) =>
            codes.push(code),
          );
      expect(new Set(codes)).toEqual(new Set(['too_many_attempts']));
      return Object.keys(await app.mentors()).length;
    };
    expect(await registerFrom([0, 1, 2, 0xff])).toBe(10);
    expect(await registerFrom([0x100, 0x200, 0x300, 0xffff])).toBe(20);
    await expect(register('late')).resolves.toHaveProperty('user');
  });

  test('refused registrations store no counts, and others delete expired ones', async () => {
    const calls: string[] = [];
    const { app, register } = openLimited(({ storage }) => ({
      storage: recordingStorage(storage, ([name]) => calls.push(name)),
    }));
    const of = (number: number) => ({ ...here, network: `2001:db8:1:${number.toString(16)}::/64` });
    for (let network = 0; network < 20; network += 1) await register(`user${network}`, of(network * 0x100));
    expect(calls.filter((name) => name === 'attempts.prune')).toHaveLength(20);
    calls.length = 0;
    for (let network = 0; network < 50; network += 1)
      await expect(register('late', of(network))).rejects.toMatchObject(waiting);
    expect(calls).toEqual([]);
    expect(Object.keys(await app.mentors())).toHaveLength(20);
  });

  test('taken names count, so that trying out names is limited', async () => {
    const { register } = openLimited();
    await register('alice');
    for (let count = 0; count < 4; count += 1)
      await expect(register('ALICE')).rejects.toMatchObject(refusal('username_taken'));
    await expect(register('alice')).rejects.toMatchObject(waiting);
    await expect(register('bob')).rejects.toMatchObject(waiting);
  });

  test('invalid registrations do not count', async () => {
    const { app, registerFive } = openLimited();
    const wrong = { username: 'a b', password, client: here };
    for (let count = 0; count < 10; count += 1)
      await expect(app.registerUser(wrong)).rejects.toMatchObject(refusal('validation_failed'));
    await expect(registerFive()).resolves.toBeUndefined();
  });

  test('registrations without an address are not limited', async () => {
    const { app } = openLimited();
    for (let count = 0; count < 10; count += 1) await app.registerUser({ username: `user${count}`, password });
    expect(Object.keys(await app.mentors())).toHaveLength(10);
  });
});

test('without a rate limit, any number of users registers from one network', async () => {
  const app = createTestApplication();
  for (let count = 0; count < 50; count += 1)
    await app.registerUser({ username: `user${count}`, password, client: here });
  expect(Object.keys(await app.mentors())).toHaveLength(50);
});
