import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Account, Client, Tokens } from '../../support/http/client.ts';
import { readToken } from '../../support/http/forge.ts';
import { type Service, startService, startForTest, startOnSqliteForTest } from '../../support/http/service.ts';
import { type ManualClock, manualClock, minutes } from '../../support/manual-clock.ts';

const seconds = (count: number) => count * 1000;
const hours = (count: number) => minutes(60 * count);
const rejected = { status: 401, body: { code: 'token_not_valid' } };

const refresh = (api: Client, { refresh: token }: { refresh: string }) =>
  api.call('POST', '/api/token/refresh', { body: { refresh: token } });
const me = (api: Client, { access: token }: { access: string }) => api.call('GET', '/api/users/me', { token });

describe('REFRESH_ROTATION=off', () => {
  test('a refresh returns exactly {access}, and the same token keeps working', async () => {
    const { api } = await startForTest();
    const john = await api.join('john');
    for (let time = 0; time < 3; time += 1) {
      const { status, body } = await refresh(api, john);
      expect({ status, body }).toEqual({ status: 200, body: { access: expect.any(String) } });
    }
    expect(readToken(john.refresh).claims).not.toHaveProperty('generation');
  });
});

describe('REFRESH_ROTATION=on', () => {
  let clock: ManualClock;
  let service: Service;
  let john: Account;

  beforeAll(async () => {
    clock = manualClock();
    service = await startService({ clock, settings: { REFRESH_ROTATION: 'on' } });
    await service.api.join('john');
  });
  beforeEach(async () => {
    john = { ...john, ...(await service.api.logIn('john')) };
  });
  afterAll(() => service.stop());

  const rotated = async (tokens: { refresh: string }): Promise<Tokens> => {
    const { status, body } = await refresh(service.api, tokens);
    expect({ status, body }).toEqual({
      status: 200,
      body: { access: expect.any(String), refresh: expect.any(String) },
    });
    return body as Tokens;
  };
  const expectOver = async (...all: Tokens[]) => {
    for (const tokens of all) {
      expect(await me(service.api, tokens)).toMatchObject(rejected);
      expect(await refresh(service.api, tokens)).toMatchObject(rejected);
    }
  };

  test('a refresh returns exactly {access, refresh}, and both work', async () => {
    const next = await rotated(john);
    expect(next.refresh).not.toBe(john.refresh);
    expect(await me(service.api, next)).toMatchObject({ status: 200 });
    clock.advance(seconds(31));
    await rotated(next);
  });

  test('the next token has the same session and the next generation', async () => {
    const [was, is] = [readToken(john.refresh).claims, readToken((await rotated(john)).refresh).claims];
    expect(is).toMatchObject({ sid: was['sid'], user_id: was['user_id'], token_type: 'refresh', generation: 1 });
    expect(was).toMatchObject({ generation: 0 });
    expect(is['jti']).not.toBe(was['jti']);
  });

  test('an access token from before stays valid: it belongs to the session', async () => {
    await rotated(john);
    expect(await me(service.api, john)).toMatchObject({ status: 200 });
  });

  test('for 30 seconds the previous token returns the same successor (a lost response, two tabs)', async () => {
    const first = readToken((await rotated(john)).refresh).claims;
    clock.advance(seconds(30) - 1);
    const answers = await Promise.all([rotated(john), rotated(john), rotated(john)]);
    for (const tokens of answers) {
      const { sid, generation, exp } = readToken(tokens.refresh).claims;
      expect({ sid, generation, exp }).toEqual({
        sid: first['sid'],
        generation: first['generation'],
        exp: first['exp'],
      });
      expect(await me(service.api, tokens)).toMatchObject({ status: 200 });
    }
  });

  test('tabs that refresh at the same time all stay logged in', async () => {
    const tabs = await Promise.all(Array.from({ length: 10 }, () => rotated(john)));
    expect(tabs.map(({ refresh: token }) => readToken(token).claims['generation'])).toEqual(Array(10).fill(1));
    clock.advance(seconds(31));
    for (const { refresh: token } of tabs) await rotated({ refresh: token });
  });

  test('rotates at most once in 30 seconds', async () => {
    const next = await rotated(john);
    expect(readToken((await rotated(next)).refresh).claims).toMatchObject({ generation: 1 });
    clock.advance(seconds(30));
    expect(readToken((await rotated(next)).refresh).claims).toMatchObject({ generation: 2 });
  });

  test('a token replaced 30 seconds ago ends the session: both holders get a 401 for refresh and access', async () => {
    const owner = await rotated(john);
    clock.advance(seconds(30));
    const thief = await refresh(service.api, john);
    expect(thief).toMatchObject(rejected);
    await expectOver(john, owner);
    const fresh = await service.api.logIn('john');
    const { body } = await service.api.call('GET', '/api/users/me/events', { token: fresh.access });
    expect((body as { type: string; reason: string | null }[]).slice(1, 3)).toMatchObject([
      { type: 'session_ended', reason: 'refresh_token_reused' },
      { type: 'refresh_token_reused', reason: null },
    ]);
  });

  test('a token of two generations ago ends the session at once, even within 30 seconds', async () => {
    const first = await rotated(john);
    clock.advance(seconds(31));
    const second = await rotated(first);
    expect(await refresh(service.api, john)).toMatchObject(rejected);
    await expectOver(john, first, second);
  });

  test('the owner’s refresh after a thief’s ends the session too', async () => {
    const thief = await rotated(john);
    clock.advance(seconds(31));
    const further = await rotated(thief);
    expect(await refresh(service.api, john)).toMatchObject(rejected);
    await expectOver(thief, further);
  });

  test('other sessions of the user stay open', async () => {
    const other = await service.api.logIn('john');
    await rotated(john);
    clock.advance(seconds(31));
    await refresh(service.api, john);
    await rotated(other);
    expect(await me(service.api, other)).toMatchObject({ status: 200 });
  });

  test('a logout accepts a token of any generation', async () => {
    const next = await rotated(john);
    clock.advance(seconds(31));
    const body = { refresh: john.refresh };
    expect(await service.api.call('POST', '/api/logout', { token: next.access, body })).toMatchObject({ status: 205 });
    await expectOver(next);
  });

  test('a session expires if it is not refreshed for REFRESH_TOKEN_LIFETIME', async () => {
    const next = await rotated(john);
    clock.advance(minutes(60) - seconds(1));
    const last = await rotated(next);
    clock.advance(minutes(60));
    expect(await refresh(service.api, last)).toMatchObject(rejected);
    expect(await me(service.api, last)).toMatchObject(rejected);
  });

  test('no refresh extends a session beyond SESSION_MAX_LIFETIME', async () => {
    const end = Math.floor(clock.now() / 1000) + 24 * 3600;
    let tokens: Tokens = john;
    for (let half = 0; half < 47; half += 1) {
      clock.advance(minutes(30));
      tokens = await rotated(tokens);
      expect(readToken(tokens.refresh).claims['exp']).toBeLessThanOrEqual(end);
    }
    expect(readToken(tokens.refresh).claims['exp']).toBe(end);
    clock.advance(minutes(29));
    tokens = await rotated(tokens);
    expect(readToken(tokens.refresh).claims['exp']).toBe(end);
    clock.advance(minutes(1));
    expect(await refresh(service.api, tokens)).toMatchObject(rejected);
  });
});

describe('a change of REFRESH_ROTATION between two starts', () => {
  test('logs no user out: a token from before is the first of its session', async () => {
    const clock = manualClock();
    const off = await startOnSqliteForTest({ clock });
    const john = await off.api.join('john');
    const on = await startForTest({
      clock,
      settings: { DATABASE_URL: `sqlite:${off.path}`, REFRESH_ROTATION: 'on', SESSION_MAX_LIFETIME: '2h' },
    });

    const next = (await refresh(on.api, john)).body as Tokens;
    expect(readToken(next.refresh).claims).toMatchObject({ generation: 1 });
    clock.advance(hours(1) - seconds(1));
    expect(await refresh(off.api, next)).toMatchObject({ status: 200, body: { access: expect.any(String) as string } });
  });
});
