import { setImmediate as nextEventLoopTurn } from 'node:timers/promises';
import type { Store } from '@mentorship/adapters/store';
import type { EndedSession, SessionSelection } from '@mentorship/application';
import type { Instant, Session, UserId } from '@mentorship/domain';
import { expect, test } from 'vitest';
import { addUsers, hour, minute, now, session, within } from '../../support/records.ts';
import { describeOnEachDatabase, describeOnEachStore, openOn } from '../../support/store/stores.ts';

const openSessions = (store: Store, ...sessions: Session[]) =>
  within(store, 'sessions', async (repository) => {
    for (const each of sessions) await repository.open(each);
  });

const end = (store: Store, which: SessionSelection) =>
  within(store, 'sessions', (sessions) => sessions.end(which, 'logout', now));

/** An ended session as the directory returns it. */
const toEnded = ({ id, userId, accessUntil }: Session): EndedSession => ({ id, userId, accessUntil });

const byId = (ended: readonly EndedSession[]) => ended.toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** The sessions that ended after the number, by id, and the new number. */
const endedSince = async (store: Store, number: number, at: Instant = now) => {
  const ends = await store.sessionDirectory.endedSince(number, at);
  return { number: ends.number, ended: byId(ends.ended) };
};

const some = (count: number, userId: UserId): Session[] =>
  Array.from({ length: count }, (_, at) => session(`session${10 + at}`, userId));

describeOnEachStore('the session directory', (open) => {
  const openWithUsers = async () => {
    const store = await open();
    const [owner, other] = await addUsers(store, 'owner', 'other');
    const list = (at = now, limit = 10) => store.sessionDirectory.list({ userId: owner.id, now: at, limit });
    return { store, owner, other, list };
  };

  test('finds nothing in an empty store', async () => {
    const store = await open();
    const userId = 1 as UserId;
    expect(await store.sessionDirectory.isOpen({ id: 'mine', userId })).toBe(false);
    expect(await store.sessionDirectory.list({ userId, now, limit: 10 })).toEqual([]);
    expect((await endedSince(store, -1)).ended).toEqual([]);
  });

  test(`lists a user's sessions, newest first, up to the limit`, async () => {
    const { store, owner, other, list } = await openWithUsers();
    const [b, c, a] = ['b', 'c', 'a'].map((id, at) => session(id, owner.id, { createdAt: now + at, userAgent: id }));
    await openSessions(store, b!, session('theirs', other.id), c!, a!);
    expect((await list()).map(({ id }) => id)).toEqual(['a', 'c', 'b']);
    expect((await list(now, 2)).map(({ id }) => id)).toEqual(['a', 'c']);
  });

  test('lists the times and the client of a session', async () => {
    const { store, owner, list } = await openWithUsers();
    const mine = session('mine', owner.id, { ip: '2001:db8::1', userAgent: 'browser' });
    await openSessions(store, mine);
    await within(store, 'sessions', (sessions) => sessions.extendAccess(mine, now, now + minute));
    const { id, createdAt, expiresAt, ip, userAgent } = mine;
    expect(await list()).toEqual([{ id, createdAt, lastUsedAt: now + minute, expiresAt, ip, userAgent }]);
  });

  test('lists only open sessions with a token that may still be valid', async () => {
    const { store, owner, list } = await openWithUsers();
    const refreshing = session('refreshing', owner.id, { expiresAt: now + 1, accessUntil: now });
    const accessing = session('accessing', owner.id, { expiresAt: now, accessUntil: now + 1 });
    const expired = session('expired', owner.id, { expiresAt: now, accessUntil: now });
    const ended = session('ended', owner.id);
    await openSessions(store, refreshing, accessing, expired, ended);
    await end(store, ended);
    expect((await list()).map(({ id }) => id).toSorted()).toEqual(['accessing', 'refreshing']);
    expect(await list(now + 1)).toEqual([]);
  });

  test('returns the sessions of each end: one, all but one, all', async () => {
    const { store, owner, other } = await openWithUsers();
    const [one, two, three, four] = some(4, owner.id);
    const theirs = session('theirs', other.id, { accessUntil: now + hour });
    await openSessions(store, one!, two!, three!, four!, theirs);
    const start = await endedSince(store, -1);
    expect(start.ended).toEqual([]);

    expect(await end(store, one!)).toEqual([toEnded(one!)]);
    const first = await endedSince(store, start.number);
    expect(first.ended).toEqual([toEnded(one!)]);

    expect(byId(await end(store, { userId: owner.id, except: two!.id }))).toEqual([three!, four!].map(toEnded));
    const second = await endedSince(store, first.number);
    expect(second.ended).toEqual([three!, four!].map(toEnded));

    expect(await end(store, { userId: owner.id })).toEqual([toEnded(two!)]);
    expect((await endedSince(store, second.number)).ended).toEqual([toEnded(two!)]);
    expect((await endedSince(store, start.number)).ended).toEqual([one!, two!, three!, four!].map(toEnded));
    expect(await store.sessionDirectory.isOpen(theirs)).toBe(true);
  });

  test('keeps the number when no session ended', async () => {
    const { store, owner, other } = await openWithUsers();
    const [mine] = some(1, owner.id);
    await openSessions(store, mine!);
    await end(store, mine!);
    const before = await endedSince(store, -1);
    for (const which of [{ id: mine!.id }, {}, { except: 'another' }])
      for (const userId of [owner.id, other.id]) expect(await end(store, { userId, ...which })).toEqual([]);
    expect(await endedSince(store, before.number)).toEqual({ number: before.number, ended: [] });
  });

  test('remembers an end until a minute after the last access token expires', async () => {
    const { store, owner } = await openWithUsers();
    const [mine] = some(1, owner.id);
    await openSessions(store, mine!);
    await end(store, mine!);
    const forgottenAt = mine!.accessUntil + minute;
    expect((await endedSince(store, -1, forgottenAt - 1)).ended).toEqual([toEnded(mine!)]);
    expect((await endedSince(store, -1, forgottenAt)).ended).toEqual([]);
  });

  test('does not know an end that rolled back', async () => {
    const { store, owner } = await openWithUsers();
    const [mine] = some(1, owner.id);
    await openSessions(store, mine!);
    const { number } = await endedSince(store, -1);
    const failed = within(store, 'sessions', async (sessions) => {
      await sessions.end(mine!, 'logout', now);
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    expect((await endedSince(store, number)).ended).toEqual([]);
    await end(store, mine!);
    expect((await endedSince(store, number)).ended).toEqual([toEnded(mine!)]);
  });

  test('loses no end to a poller while two processes end sessions', async () => {
    const { store, owner } = await openWithUsers();
    const [second, watcher] = [await store.another(), await store.another()];
    const sessions = some(60, owner.id);
    await openSessions(store, ...sessions);
    let done = false;
    const endAll = async () => {
      const ends = sessions.map((each, at) =>
        within(at % 2 === 0 ? store : second, 'sessions', async (repository) => {
          await repository.end(each, 'logout', now);
          // The commit comes some event loop turns after the number.
          for (let passed = 0; passed < at % 5; passed++) await nextEventLoopTurn();
        }),
      );
      await Promise.all(ends);
      done = true;
    };
    const seen: EndedSession[] = [];
    const watch = async () => {
      let number = -1;
      for (let last = false; !last;) {
        last = done;
        await nextEventLoopTurn();
        const ends = await endedSince(watcher, number);
        expect(ends.number).toBeGreaterThanOrEqual(number);
        seen.push(...ends.ended);
        number = ends.number;
      }
    };
    await Promise.all([watch(), endAll()]);
    expect(new Set(seen.map(({ id }) => id))).toEqual(new Set(sessions.map(({ id }) => id)));
  });
});

describeOnEachDatabase('the numbers of session ends', (create, name) => {
  /** One row while an end waits for another. SQLite does not show that. */
  const waiting = {
    sqlite: 'select 1 as one',
    postgres: `select query from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
               and query like '%session_end_counter%'`,
  }[name];

  const openWithSessions = async () => {
    const database = await create();
    const store = await openOn(database);
    const [owner] = await addUsers(store, 'owner');
    const sessions = some(3, owner.id);
    await openSessions(store, ...sessions);
    return { database, store, sessions };
  };

  test('are in the order of commits: an end waits for the one before, and a poll in between misses neither', async () => {
    const { database, store, sessions } = await openWithSessions();
    const [slow, fast] = sessions;
    const [second, watcher] = [await store.another(), await store.another()];
    const start = await endedSince(watcher, -1);
    const [held, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slowly = within(store, 'sessions', async (repository) => {
      await repository.end(slow!, 'logout', now);
      held.resolve();
      await released.promise;
    });
    await held.promise;
    let ended = false;
    const meanwhile = end(second, fast!).then(() => {
      ended = true;
    });
    await expect.poll(() => database.query(waiting)).toHaveLength(1);
    const between = await endedSince(watcher, start.number);
    expect(between).toEqual(start);
    expect(ended).toBe(false);

    released.resolve();
    await slowly;
    const then = await endedSince(watcher, between.number);
    expect(then.ended).toContainEqual(toEnded(slow!));
    await meanwhile;
    const last = await endedSince(watcher, then.number);
    // An end that commits between the two queries is returned twice, which does no harm.
    const once = new Map([...then.ended, ...last.ended].map((each) => [each.id, each]));
    expect(byId([...once.values()])).toEqual([slow!, fast!].map(toEnded));
  });

  test('that were set back make a poll read all ends again', async () => {
    const { database, store, sessions } = await openWithSessions();
    for (const each of sessions.slice(0, 2)) await end(store, each);
    const before = await endedSince(store, -1);
    await database.query(`update session_end_counter set number = 0`);
    const after = await endedSince(store, before.number);
    expect(after.ended).toEqual(sessions.slice(0, 2).map(toEnded));
    expect(after.number).toBe(0);
  });
});
