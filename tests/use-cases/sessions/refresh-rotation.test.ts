import { createApplication } from '@mentorship/application';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { minutes } from '../../support/manual-clock.ts';
import { plainTokenSigner } from '../../support/sessions/plain-security.ts';
import { refusal } from '../../support/refusals.ts';
import { newTally, runTrace, type Tally } from '../../support/sessions/rotation-run.ts';
import {
  honestTraces,
  patientTraces,
  theftTraces,
  type Trace,
  tracePolicy,
} from '../../support/sessions/rotation-traces.ts';
import { createTestApplication, password } from '../../support/test-application.ts';

/** Two processes on one memory store. */
const openService = async () => {
  const app = createTestApplication(({ clock }) => ({
    policy: tracePolicy,
    tokenSigner: plainTokenSigner(clock, tracePolicy.lifetimes),
  }));
  const alice = await app.join('alice');
  return {
    app,
    alice,
    processes: [app, createApplication(app.ports)],
    clock: app.clock,
    logIn: () => app.logIn({ username: 'alice', password }),
  };
};

const runAll = async (traces: fc.Arbitrary<Trace>, numRuns: number): Promise<Tally> => {
  const tally = newTally();
  const property = fc.asyncProperty(traces, async (trace) => runTrace(await openService(), trace, tally));
  await fc.assert(property, { numRuns });
  return tally;
};

describe('for any sequence of refreshes, the service answers like the model', () => {
  test('to an owner alone, who is logged out only by a response lost for longer than 30 s', async () => {
    const tally = await runAll(honestTraces, 300);
    expect(tally).toMatchObject({ honestLoggedOutWithin30: 0, thefts: 0 });
    expect(tally.honestLoggedOutLater).toBeGreaterThan(0);
  });

  test('to an owner who repeats lost refreshes, whose session lives up to its maximum lifetime', async () => {
    const tally = await runAll(patientTraces, 200);
    expect(tally).toMatchObject({ honestLoggedOutWithin30: 0, honestLoggedOutLater: 0 });
    expect(tally.livedToTheEnd).toBeGreaterThan(0);
  });

  test('to an owner and a thief, who both lose the session once 30 s lie between them', async () => {
    const tally = await runAll(theftTraces, 500);
    expect(tally.thefts).toBeGreaterThan(0);
    expect(tally.caught).toBeGreaterThan(0);
    expect(tally.bothWentOn).toBe(tally.caught + tally.neverApart + tally.cameTooLate);
  });
});

const refused = refusal('refresh_token_refused', {});

describe('with rotation', () => {
  test('a refresh returns the next refresh token and an access token of the same session', async () => {
    const { app, alice } = await openService();
    const answer = await app.refreshAccess(alice);
    expect(Object.keys(answer)).toEqual(['refresh', 'access']);
    expect(await app.authenticate({ token: answer.access })).toEqual(alice.actor);
    const claims = await app.ports.tokenSigner.verify('refresh', answer.refresh ?? '');
    expect(claims).toMatchObject({ sid: alice.actor.sessionId, user_id: alice.id, generation: 1 });
  });

  test('a replaced token ends its session and no other, and records both events', async () => {
    const { app, alice } = await openService();
    const other = await app.logInAgain(alice);
    const stolen = await app.refreshAccess(alice);
    app.clock.advance(30_000);
    const client = { ip: '192.0.2.7', network: '192.0.2.7', userAgent: 'thief' };
    await expect(app.refreshAccess({ refresh: alice.refresh, client })).rejects.toMatchObject(refused);

    await expect(app.refreshAccess({ refresh: stolen.refresh ?? '' })).rejects.toMatchObject(refused);
    for (const token of [alice.access, stolen.access])
      await expect(app.authenticate({ token })).rejects.toMatchObject(refusal('access_token_refused'));
    await expect(app.refreshAccess(other)).resolves.toHaveProperty('access');
    const { events } = await app.listEvents({ actor: other.actor, limit: 2 });
    const both = { userId: alice.id, sessionId: alice.actor.sessionId, ip: '192.0.2.7', at: app.clock.now() };
    expect(events).toMatchObject([
      { ...both, type: 'session_ended', reason: 'refresh_token_reused' },
      { ...both, type: 'refresh_token_reused' },
    ]);
  });

  describe('a logout with a replaced token', () => {
    const openReplaced = async () => {
      const { app, alice } = await openService();
      const [other, bob] = [await app.logInAgain(alice), await app.join('bob')];
      await app.refreshAccess(alice);
      app.clock.advance(30_000);
      const expectEnded = async (reason: string) => {
        for (const token of [alice.access])
          await expect(app.authenticate({ token })).rejects.toMatchObject(refusal('access_token_refused'));
        for (const member of [other, bob]) {
          expect(await app.authenticate({ token: member.access })).toEqual(member.actor);
          await expect(app.refreshAccess(member)).resolves.toHaveProperty('refresh');
        }
        const { events } = await app.listEvents({ actor: other.actor, limit: 2 });
        const { sessionId } = alice.actor;
        expect(events).toMatchObject([
          { type: 'session_ended', sessionId, reason },
          { type: 'refresh_token_reused', sessionId },
        ]);
      };
      return { app, alice, other, expectEnded };
    };

    test('ends its session', async () => {
      const { app, alice, expectEnded } = await openReplaced();
      await expect(app.logOut({ ...alice, scope: 'session' })).resolves.toBeUndefined();
      await expectEnded('refresh_token_reused');
    });

    test.each(['others', 'all'] as const)(
      'with the scope %s is refused, and ends its session and no other',
      async (scope) => {
        const { app, alice, other, expectEnded } = await openReplaced();
        const logout = { actor: other.actor, refresh: alice.refresh, scope };
        await expect(app.logOut(logout)).rejects.toMatchObject(refusal('logout_token_refused'));
        await expectEnded('refresh_token_reused');
      },
    );

    test.each(['session', 'others', 'all'] as const)(
      'within 30 seconds ends the sessions of the scope %s',
      async (scope) => {
        const { app, alice } = await openService();
        const other = await app.logInAgain(alice);
        await app.refreshAccess(alice);
        app.clock.advance(29_999);
        await app.logOut({ ...alice, scope });
        const uses = await Promise.allSettled(
          [alice, other].map(async ({ access }) => app.authenticate({ token: access })),
        );
        const ended = { session: [alice], others: [other], all: [alice, other] }[scope];
        expect([alice, other].filter((_, at) => uses[at]?.status === 'rejected')).toEqual(ended);
      },
    );
  });

  describe('a logout of the other sessions', () => {
    test('succeeds with the current token after the grace period', async () => {
      const { app, alice } = await openService();
      const other = await app.logInAgain(alice);
      const { refresh } = await app.refreshAccess(alice);
      app.clock.advance(30_000);
      await app.logOut({ actor: alice.actor, refresh: refresh ?? '', scope: 'others' });
      expect(await app.authenticate({ token: alice.access })).toEqual(alice.actor);
      await expect(app.authenticate({ token: other.access })).rejects.toMatchObject(refusal('access_token_refused'));
    });

    test('treats a token without a generation as the first of its session', async () => {
      const { app, alice } = await openService();
      const [other, { tokenSigner }] = [await app.logInAgain(alice), app.ports];
      const { generation: _, ...claims } = (await tokenSigner.verify('refresh', alice.refresh))!;
      await app.refreshAccess(alice);
      app.clock.advance(30_000);
      const logout = { actor: other.actor, refresh: await tokenSigner.sign(claims), scope: 'others' as const };
      await expect(app.logOut(logout)).rejects.toMatchObject(refusal('logout_token_refused'));
      await expect(app.authenticate({ token: alice.access })).rejects.toMatchObject(refusal('access_token_refused'));
      expect(await app.authenticate({ token: other.access })).toEqual(other.actor);
    });
  });

  test('a token that was never issued is refused and ends nothing', async () => {
    const { app, alice } = await openService();
    const { tokenSigner } = app.ports;
    const claims = (await tokenSigner.verify('refresh', alice.refresh))!;
    const refresh = await tokenSigner.sign({ ...claims, generation: 1 });
    await expect(app.refreshAccess({ refresh })).rejects.toMatchObject(refused);
    await expect(app.refreshAccess(alice)).resolves.toHaveProperty('access');
  });

  test('a token from before rotation was switched on counts as the first of its session', async () => {
    const { app, alice } = await openService();
    const { tokenSigner } = app.ports;
    const { generation: _, ...claims } = (await tokenSigner.verify('refresh', alice.refresh))!;
    const { refresh } = await app.refreshAccess({ refresh: await tokenSigner.sign(claims) });
    expect(await tokenSigner.verify('refresh', refresh ?? '')).toHaveProperty('generation', 1);
  });

  test('an expired token is refused and ends nothing', async () => {
    const { app, alice } = await openService();
    app.clock.advance(minutes(9));
    const next = await app.refreshAccess(alice);
    app.clock.advance(minutes(2));
    await expect(app.refreshAccess(alice)).rejects.toMatchObject(refused);
    await expect(app.refreshAccess({ refresh: next.refresh ?? '' })).resolves.toHaveProperty('access');
  });

  test.each([1, 20_000])('a token repeated by a process whose clock is %i ms behind is valid', async (behind) => {
    const { app, alice, clock } = await openService();
    const slower = createApplication({ ...app.ports, clock: { ...clock, now: () => clock.now() - behind } });
    // Exactly a full second.
    clock.advance(750);
    await app.refreshAccess(alice);
    const { refresh } = await slower.refreshAccess(alice);
    await expect(app.refreshAccess({ refresh: refresh ?? '' })).resolves.toHaveProperty('access');
  });
});

test('without rotation, a refresh returns only an access token, and the refresh token works until it expires', async () => {
  const pauses = fc.array(fc.nat(minutes(10)), { minLength: 1, maxLength: 20 });
  const property = fc.asyncProperty(pauses, async (waits) => {
    const app = createTestApplication();
    const alice = await app.join('alice');
    const until = ((await app.ports.tokenSigner.verify('refresh', alice.refresh))?.exp ?? 0) * 1000;
    for (const wait of waits) {
      app.clock.advance(wait);
      const tabs = await Promise.allSettled([app.refreshAccess(alice), app.refreshAccess(alice)]);
      const answered = tabs.map((tab) => (tab.status === 'fulfilled' ? Object.keys(tab.value) : 'refused'));
      const expected = app.clock.now() < until ? ['access'] : 'refused';
      expect(answered).toEqual([expected, expected]);
    }
  });
  await fc.assert(property, { numRuns: 100 });
});
