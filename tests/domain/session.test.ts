import {
  accessUntil,
  isLive,
  isOpen,
  isPrunable,
  issueClaims,
  openSession,
  type Session,
  type UserId,
} from '@mentorship/domain';
import { describe, expect, test } from 'vitest';

const lifetimes = { access: 20, refresh: 60 };
const opened = 1_000_000;
const session = openSession('sid', 7 as UserId, opened, { lifetimes });
const ended: Session = { ...session, endedAt: opened + 1, endReason: 'logout' };

test('a session begins open, until its refresh token and its first access token run out', () => {
  expect(session).toEqual({
    id: 'sid',
    userId: 7,
    createdAt: opened,
    lastUsedAt: opened,
    expiresAt: opened + 60_000,
    accessUntil: opened + 20_000,
    generation: 0,
    rotatedAt: null,
    ip: null,
    userAgent: null,
    endedAt: null,
    endReason: null,
  });
});

test.each([0, 1, 499, 999])('it runs out in the second of its tokens, opened %i ms after a full one', (offset) => {
  const now = opened + offset;
  const later = openSession('sid', 7 as UserId, now, { lifetimes });
  const expiry = (kind: 'access' | 'refresh') => issueClaims(kind, later, { jti: 'jti', now, lifetimes }).exp * 1000;
  expect(later.expiresAt).toBe(expiry('refresh'));
  expect(later.accessUntil).toBe(expiry('access'));
  expect(accessUntil(now, lifetimes)).toBe(expiry('access'));
});

describe('a session is live, spent', () => {
  // An instance's clock may be a minute behind: so much longer its end must be known.
  const refreshedLate: Session = { ...session, accessUntil: opened + 75_000 };
  test.each<[when: string, Session, at: number, live: boolean, spent: boolean]>([
    ['at once', session, 0, true, false],
    ['when only its access token has run out', session, 20_000, true, false],
    ['in its last millisecond', session, 59_999, true, false],
    ['when it runs out', session, 60_000, false, false],
    ['a minute after its access token, before which it ran out', session, 80_000, false, true],
    ['long after', session, 1e9, false, true],
    ['when it runs out before an access token of it', refreshedLate, 60_000, false, false],
    ['in the last millisecond of the minute after that token', refreshedLate, 134_999, false, false],
    ['after that minute', refreshedLate, 135_000, false, true],
    ['when it has ended', ended, 2, false, false],
    ['when it has ended and its tokens have run out', ended, 80_000, false, true],
  ])('%s', (_, at, after, live, spent) => {
    expect([isLive(at, opened + after), isPrunable(at, opened + after)]).toEqual([live, spent]);
  });
});

test('only its end closes a session, for its access tokens may outlive its refresh token', () => {
  expect(isOpen(session)).toBe(true);
  expect(isOpen(ended)).toBe(false);
});
