import type { Store } from '@mentorship/adapters/store';
import type { SessionReference } from '@mentorship/application';
import type { Instant, Session } from '@mentorship/domain';
import { expect, test } from 'vitest';
import { addUsers, day, hour, minute, now, session, within } from '../../support/records.ts';
import { describeOnEachStore } from '../../support/store/stores.ts';

const openSessions = (store: Store, ...sessions: Session[]) =>
  within(store, 'sessions', async (repository) => {
    for (const each of sessions) await repository.open(each);
  });

const extend = (store: Store, reference: SessionReference, until: Instant, at: Instant = now) =>
  within(store, 'sessions', (sessions) => sessions.extendAccess(reference, until, at));

const end = (store: Store, reference: SessionReference, at: Instant = now) =>
  within(
    store,
    'sessions',
    async (sessions) => (await sessions.end({ id: reference.id, userId: reference.userId }, 'logout', at)).length === 1,
  );

const find = (store: Store, reference: SessionReference) =>
  within(store, 'sessions', (sessions) => sessions.find(reference));

const endOthers = (store: Store, { id, userId }: SessionReference) =>
  within(store, 'sessions', (sessions) => sessions.end({ userId, except: id }, 'password_changed', now));

const prune = (store: Store, at: Instant) => within(store, 'sessions', (sessions) => sessions.prune(at));

const isOpen = (store: Store, reference: SessionReference) => store.sessionDirectory.isOpen(reference);

describeOnEachStore('the session repository', (open) => {
  /** A store with one open session of a user, and another user. */
  const openWithSession = async (overrides: Partial<Session> = {}) => {
    const store = await open();
    const [owner, other] = await addUsers(store, 'owner', 'other');
    const mine = session('mine', owner.id, overrides);
    await openSessions(store, mine);
    return { store, owner, other, mine };
  };

  test('finds a session open until it ends', async () => {
    const { store, mine } = await openWithSession();
    expect(await isOpen(store, mine)).toBe(true);
    expect(await extend(store, mine, now + hour)).toBe(true);
    expect(await end(store, mine)).toBe(true);
    expect(await isOpen(store, mine)).toBe(false);
    expect(await extend(store, mine, now + hour)).toBe(false);
    expect(await end(store, mine)).toBe(false);
    expect(await isOpen(store, mine)).toBe(false);
  });

  test('never finds a session that was not opened', async () => {
    const { store, owner } = await openWithSession();
    for (const id of ['', 'MINE', 'mine ', 'min_', '%', `' or ''='`]) {
      const wrong = { id, userId: owner.id };
      expect(await isOpen(store, wrong)).toBe(false);
      expect(await extend(store, wrong, now + hour)).toBe(false);
      expect(await end(store, wrong)).toBe(false);
    }
  });

  test(`never finds or changes another user's session`, async () => {
    const { store, other, mine } = await openWithSession();
    const foreign = { id: mine.id, userId: other.id };
    expect(await isOpen(store, foreign)).toBe(false);
    expect(await extend(store, foreign, now + day)).toBe(false);
    expect(await end(store, foreign)).toBe(false);
    expect(await isOpen(store, mine)).toBe(true);
    expect(await end(store, mine)).toBe(true);
  });

  test('extends a session until just before it expires', async () => {
    const { store, mine } = await openWithSession();
    const { expiresAt } = mine;
    expect(await extend(store, mine, expiresAt, expiresAt - 1)).toBe(true);
    expect(await extend(store, mine, expiresAt + hour, expiresAt)).toBe(false);
  });

  test('keeps an expired session open, for its access tokens, until it is pruned', async () => {
    const { store, mine } = await openWithSession({ expiresAt: now + 1, accessUntil: now + hour });
    expect(await extend(store, mine, now + hour, now + 2)).toBe(false);
    expect(await isOpen(store, mine)).toBe(true);
  });

  test('raises `accessUntil`, and never lowers it', async () => {
    const { store, mine } = await openWithSession({ expiresAt: now + 10, accessUntil: now + 20 });
    expect(await extend(store, mine, now + 200)).toBe(true);
    expect(await extend(store, mine, now + 100)).toBe(true);
    expect(await extend(store, mine, now + 200)).toBe(true);
    await prune(store, now + 200 + minute - 1);
    expect(await isOpen(store, mine)).toBe(true);
    await prune(store, now + 200 + minute);
    expect(await isOpen(store, mine)).toBe(false);
  });

  test.each([
    ['its refresh token expires', { expiresAt: now + 10, accessUntil: now + 5 - minute }],
    ['its last access token has expired for a minute', { expiresAt: now + 5, accessUntil: now + 10 - minute }],
  ])('prunes a session as soon as %s', async (_which, lifetimes) => {
    const { store, mine } = await openWithSession(lifetimes);
    await prune(store, now + 9);
    expect(await isOpen(store, mine)).toBe(true);
    await prune(store, now + 10);
    expect(await isOpen(store, mine)).toBe(false);
  });

  test('prunes any number of sessions in several calls, and never a valid one', async () => {
    const { store, owner } = await openWithSession();
    const prunable = Array.from({ length: 230 }, (_, at) =>
      session(`prunable${at}`, owner.id, { expiresAt: now - at, accessUntil: now - at - minute }),
    );
    const good = session('good', owner.id, { expiresAt: now - 1, accessUntil: now + 1 - minute });
    await openSessions(store, ...prunable, good);
    // The oldest session is valid too: the pruning passes over it.
    for (let times = 0; times < 10; times++) await prune(store, now);
    const left = await Promise.all(prunable.map((each) => isOpen(store, each)));
    expect(left).not.toContain(true);
    expect(await isOpen(store, good)).toBe(true);
    expect(await isOpen(store, { id: 'mine', userId: owner.id })).toBe(true);
  });

  test("ends all other sessions of the user, and no other user's", async () => {
    const { store, owner, other, mine } = await openWithSession();
    const phone = session('phone', owner.id);
    const expired = session('expired', owner.id, { expiresAt: now - 1 });
    const theirs = session('theirs', other.id);
    await openSessions(store, phone, expired, theirs);
    expect((await endOthers(store, mine)).map(({ id }) => id).toSorted()).toEqual(['expired', 'phone']);
    expect(await Promise.all([mine, phone, expired, theirs].map((each) => isOpen(store, each)))).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(await extend(store, phone, now + hour)).toBe(false);
    expect(await extend(store, mine, now + hour)).toBe(true);
  });

  test('ends all but the newest sessions, ordered by creation and then id', async () => {
    const { store, owner, other, mine } = await openWithSession({ createdAt: now - 2 });
    const more = ['d', 'b', 'a', 'c'].map((id) => session(id, owner.id));
    const ended = session('ended', owner.id, { createdAt: now + 1 });
    const older = session('older', owner.id, { createdAt: now - 1, expiresAt: now + day });
    const theirs = session('theirs', other.id, { createdAt: now - day });
    await openSessions(store, ...more, ended, older, theirs);
    await end(store, ended);
    const endAllBut = async (exceptNewest: number, userId = owner.id) => {
      const all = await within(store, 'sessions', (sessions) =>
        sessions.end({ userId, exceptNewest }, 'too_many_sessions', now),
      );
      return all.map(({ id }) => id).toSorted();
    };
    expect(await endAllBut(6)).toEqual([]);
    expect(await endAllBut(5)).toEqual(['mine']);
    expect(await endAllBut(5)).toEqual([]);
    expect(await endAllBut(2)).toEqual(['c', 'd', 'older']);
    expect(await find(store, mine)).toMatchObject({ endedAt: now, endReason: 'too_many_sessions' });
    expect(await endAllBut(0)).toEqual(['a', 'b']);
    expect(await endAllBut(1, other.id)).toEqual([]);
    expect(await isOpen(store, theirs)).toBe(true);
  });

  test('ends 2,001 sessions at once', async () => {
    const { store, owner } = await openWithSession();
    // In several transactions: each has the deadline of a request.
    for (let batch = 0; batch < 10; batch++)
      await openSessions(store, ...Array.from({ length: 200 }, (_, at) => session(`another${batch}-${at}`, owner.id)));
    const ended = await within(store, 'sessions', (sessions) => sessions.end({ userId: owner.id }, 'revoked', now));
    expect(new Set(ended.map(({ id }) => id)).size).toBe(2001);
    expect(await store.sessionDirectory.list({ userId: owner.id, now, limit: 9 })).toEqual([]);
  });

  test('lets exactly one of 16 concurrent calls end a session', async () => {
    const { store, mine } = await openWithSession();
    const second = await store.another();
    const ended = await Promise.all(Array.from({ length: 16 }, (_, at) => end(at % 2 ? store : second, mine)));
    expect(ended.filter(Boolean)).toHaveLength(1);
  });

  test('returns a session as it was opened, and only to its user', async () => {
    const { store, owner, other, mine } = await openWithSession({
      ip: '192.0.2.1',
      userAgent: 'a "browser"',
      generation: 3,
    });
    expect(await find(store, mine)).toEqual(mine);
    expect(await find(store, { id: mine.id, userId: other.id })).toBeNull();
    expect(await find(store, { id: 'another', userId: owner.id })).toBeNull();
  });

  test("keeps the first time and reason of a session's end", async () => {
    const { store, mine } = await openWithSession();
    await end(store, mine, now + minute);
    await endOthers(store, { ...mine, id: 'another' });
    expect(await find(store, mine)).toEqual({ ...mine, endedAt: now + minute, endReason: 'logout' });
  });

  test('records the last use of a session, unless it has expired', async () => {
    const { store, mine } = await openWithSession();
    await extend(store, mine, now, now + minute);
    expect(await find(store, mine)).toEqual({ ...mine, lastUsedAt: now + minute });
    await extend(store, mine, now, mine.expiresAt);
    expect(await find(store, mine)).toMatchObject({ lastUsedAt: now + minute });
  });

  test(`erases the clients of all sessions of a user, including ended ones, and no other user's`, async () => {
    const { store, owner, other, mine } = await openWithSession({ ip: '192.0.2.1', userAgent: 'browser' });
    const ended = session('ended', owner.id, { ip: '192.0.2.2', userAgent: 'phone' });
    const theirs = session('theirs', other.id, { ip: '192.0.2.3', userAgent: 'tablet' });
    await openSessions(store, ended, theirs);
    await end(store, ended);
    await within(store, 'sessions', (sessions) => sessions.eraseClients(owner.id));
    expect(await find(store, mine)).toEqual({ ...mine, ip: null, userAgent: null });
    expect(await find(store, ended)).toMatchObject({ ip: null, userAgent: null, endReason: 'logout' });
    expect(await find(store, theirs)).toEqual(theirs);
  });
});
