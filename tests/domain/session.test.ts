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

test('a new session is open and expires with its refresh token', () => {
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

test.each([0, 1, 499, 999])('a session opened %i ms after a full second expires with its tokens', (offset) => {
  const now = opened + offset;
  const later = openSession('sid', 7 as UserId, now, { lifetimes });
  const expiry = (type: 'access' | 'refresh') => issueClaims(type, later, { jti: 'jti', now, lifetimes }).exp * 1000;
  expect(later.expiresAt).toBe(expiry('refresh'));
  expect(later.accessUntil).toBe(expiry('access'));
  expect(accessUntil(now, lifetimes)).toBe(expiry('access'));
});

describe('a session is live or prunable', () => {
  // Another process's clock may be a minute behind: the end must be remembered that much longer.
  const refreshedLate: Session = { ...session, accessUntil: opened + 75_000 };
  test.each<[when: string, Session, at: number, live: boolean, prunable: boolean]>([
    ['at once', session, 0, true, false],
    ['when only its access token has expired', session, 20_000, true, false],
    ['in its last millisecond', session, 59_999, true, false],
    ['when it expires', session, 60_000, false, false],
    ['a minute after its access token’s expiry, and expired', session, 80_000, false, true],
    ['long after', session, 1e9, false, true],
    ['when it expires before one of its access tokens', refreshedLate, 60_000, false, false],
    ['in the last millisecond of the minute after that token’s expiry', refreshedLate, 134_999, false, false],
    ['after that minute', refreshedLate, 135_000, false, true],
    ['when it has ended', ended, 2, false, false],
    ['when it has ended and its tokens have expired', ended, 80_000, false, true],
  ])('%s', (_, at, after, live, prunable) => {
    expect([isLive(at, opened + after), isPrunable(at, opened + after)]).toEqual([live, prunable]);
  });
});

test('a session is open until it ends, because access tokens may outlive the refresh token', () => {
  expect(isOpen(session)).toBe(true);
  expect(isOpen(ended)).toBe(false);
});
