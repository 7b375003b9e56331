import {
  clockSkew,
  decideRefresh,
  issueRefreshClaims,
  openSession,
  readClaims,
  type RefreshDecision,
  type Session,
  type SessionPolicy,
  toSeconds,
  type UserId,
} from '@mentorship/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const lifetimes = { access: 20 * 60, refresh: 60 * 60 };
const maxSessionLifetime = 24 * 60 * 60;
const off: SessionPolicy = { lifetimes, rotation: null };
const on: SessionPolicy = { lifetimes, rotation: { maxSessionLifetime } };

const hour = 60 * 60_000;
const opened = Date.UTC(2026, 0, 1) + 250;
const first = openSession('sid', 7 as UserId, opened, on);
/** The session at a generation that began an hour after the login. */
const later = (generation: number, changes: Partial<Session> = {}): Session => ({
  ...first,
  generation,
  rotatedAt: opened + hour,
  ...changes,
});

const decide = (session: Session, shown: number, at: number, policy = on) => decideRefresh(session, shown, at, policy);
const outcomeOf = (session: Session, shown: number, at: number): RefreshDecision['outcome'] =>
  decide(session, shown, at).outcome;

describe('the first token of a session', () => {
  test.each([0, 1, 29_999, 30_000, hour - 251])('rotates %i ms after the login', (after) => {
    const expiresAt = (toSeconds(opened + after) + lifetimes.refresh) * 1000;
    expect(decide(first, 0, opened + after)).toEqual({ outcome: 'rotate', expiresAt });
  });

  test('has no successor: a token of the next generation is unknown', () => {
    expect(outcomeOf(first, 1, opened)).toBe('unknown');
  });
});

describe('a session that has just rotated to generation 5', () => {
  test.each<[after: number, shown: Record<number, RefreshDecision['outcome']>]>([
    [0, { 0: 'reused', 3: 'reused', 4: 'repeat', 5: 'repeat', 6: 'unknown' }],
    [1, { 0: 'reused', 3: 'reused', 4: 'repeat', 5: 'repeat', 6: 'unknown' }],
    [29_999, { 0: 'reused', 3: 'reused', 4: 'repeat', 5: 'repeat', 6: 'unknown' }],
    [30_000, { 0: 'reused', 3: 'reused', 4: 'reused', 5: 'rotate', 6: 'unknown' }],
    [hour, { 0: 'reused', 3: 'reused', 4: 'reused', 5: 'rotate', 6: 'unknown' }],
    // The process that rotated has a clock that is ahead.
    [-20_000, { 3: 'reused', 4: 'repeat', 5: 'repeat', 6: 'unknown' }],
  ])('decides %i ms later by generation: %j', (after, shown) => {
    for (const [generation, outcome] of Object.entries(shown))
      expect(outcomeOf(later(5), Number(generation), opened + hour + after)).toBe(outcome);
  });
});

describe('a refresh extends the session', () => {
  test.each([
    ['by the lifetime of the token', 2 * hour, 3 * hour],
    ['also in its last but one hour', 23 * hour - 251, 24 * hour - 1000],
    ['up to its maximum lifetime', 23.5 * hour, 24 * hour],
    ['not beyond it in its last millisecond', 24 * hour - 251, 24 * hour],
  ])('%s', (_, at, until) => {
    const decision = decide(later(5), 5, opened + at);
    expect(decision).toEqual({ outcome: 'rotate', expiresAt: Math.floor((opened + until) / 1000) * 1000 });
  });

  test('up to a maximum lifetime that is shorter than the token’s', () => {
    const short: SessionPolicy = { lifetimes, rotation: { maxSessionLifetime: 60 } };
    expect(decide(first, 0, opened, short)).toEqual({ outcome: 'rotate', expiresAt: opened - 250 + 60_000 });
  });
});

/** A session at any generation, a token of any generation near it, and a timestamp near the last rotation. */
const presentations = fc
  .record({ generation: fc.nat(20), behind: fc.integer({ min: -2, max: 4 }), after: fc.integer({ max: 2 * hour }) })
  .map(({ generation, behind, after }) => ({
    session: generation === 0 ? first : later(generation),
    shown: Math.max(0, generation - behind),
    now: opened + hour + after,
    after,
  }));

test('without rotation, every issued token is accepted, and no other', () => {
  fc.assert(
    fc.property(presentations, ({ session, shown, now }) => {
      expect(decide(session, shown, now, off)).toEqual({ outcome: shown > session.generation ? 'unknown' : 'repeat' });
    }),
  );
});

test('any token at any time: rotations are 30 seconds apart, and only an older token counts as reused', () => {
  const expected = (behind: number, recent: boolean): RefreshDecision['outcome'] => {
    if (behind < 0) return 'unknown';
    if (behind === 0) return recent ? 'repeat' : 'rotate';
    return behind === 1 && recent ? 'repeat' : 'reused';
  };
  fc.assert(
    fc.property(presentations, ({ session, shown, now, after }) => {
      const recent = session.rotatedAt !== null && after < 30_000;
      expect(outcomeOf(session, shown, now)).toBe(expected(session.generation - shown, recent));
    }),
    { numRuns: 1000 },
  );
});

test('a refresh never shortens a live session, and never extends it beyond its maximum lifetime', () => {
  const lives = fc.record({
    refresh: fc.integer({ min: 60, max: 7200 }),
    longest: fc.integer({ min: 7200, max: 86_400 }),
    uses: fc.array(fc.integer({ min: 30_000, max: 2 * hour }), { minLength: 1 }),
  });
  fc.assert(
    fc.property(lives, ({ refresh, longest, uses }) => {
      const policy: SessionPolicy = { lifetimes: { access: 60, refresh }, rotation: { maxSessionLifetime: longest } };
      let session = openSession('sid', 7 as UserId, opened, policy);
      const expiries = [session.expiresAt];
      let now = opened;
      for (const use of uses) {
        now += use % (refresh * 1000);
        const decision = decide(session, session.generation, now, policy);
        if (session.expiresAt <= now || decision.outcome !== 'rotate') continue;
        expiries.push(decision.expiresAt);
        session = later(session.generation + 1, { rotatedAt: now, expiresAt: decision.expiresAt });
      }
      expect(expiries).toEqual(expiries.toSorted((a, b) => a - b));
      expect(expiries.at(-1)).toBeLessThanOrEqual(opened + longest * 1000);
    }),
  );
});

describe('a refresh token', () => {
  const claimsAt = (session: Session, now: number, policy: SessionPolicy = on) =>
    issueRefreshClaims(session, { jti: 'jti', now, ...policy });

  test('carries its generation only when tokens are rotated', () => {
    expect(claimsAt(later(5), opened + hour)).toMatchObject({ token_type: 'refresh', sid: 'sid', generation: 5 });
    expect(claimsAt(first, opened)).toHaveProperty('generation', 0);
    expect(claimsAt(first, opened, off)).not.toHaveProperty('generation');
  });

  test('expires with its session, whenever it is issued', () => {
    const session = { ...later(5), expiresAt: opened - 250 + 2 * hour };
    for (const after of [0, 1, 29_999]) {
      const { iat, exp } = claimsAt(session, opened + hour + after);
      expect([iat, exp]).toEqual([toSeconds(opened + hour + after), toSeconds(session.expiresAt)]);
    }
  });

  test('is valid at once, also when the clocks of the rotating and the repeating process differ', () => {
    const skews = fc.integer({ min: -clockSkew * 1000, max: clockSkew * 1000 });
    fc.assert(
      fc.property(skews, fc.nat(999), (skew, offset) => {
        const rotated = opened + hour + offset;
        const decision = decide({ ...first, expiresAt: opened + 2 * hour }, 0, rotated);
        const { expiresAt } = decision as Extract<RefreshDecision, { outcome: 'rotate' }>;
        const session = { ...first, generation: 1, rotatedAt: rotated, expiresAt };
        const claims = claimsAt(session, rotated + skew);
        for (const now of [rotated, rotated + skew])
          expect(readClaims('refresh', { ...claims }, { now, lifetimes })).toEqual(claims);
      }),
    );
  });

  test.each([0, 1, 2 ** 31, Number.MAX_SAFE_INTEGER])('is accepted with the generation %j', (generation) => {
    const read = readClaims('refresh', { ...claimsAt(first, opened), generation }, { now: opened, lifetimes });
    expect(read).toHaveProperty('generation', generation);
  });

  test('is accepted without a generation, as issued without rotation', () => {
    const read = readClaims('refresh', { ...claimsAt(first, opened, off) }, { now: opened, lifetimes });
    expect(read).toEqual(claimsAt(first, opened, off));
    expect(read).not.toHaveProperty('generation');
  });

  test.each([null, -1, 0.5, 2 ** 53, '0', '', true, [], {}, Number.NaN, Infinity])(
    'is refused with the generation %j',
    (generation) => {
      const claims = { ...claimsAt(first, opened), generation };
      expect(readClaims('refresh', claims, { now: opened, lifetimes })).toBeNull();
    },
  );
});
