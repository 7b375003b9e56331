import type { Store } from '@mentorship/adapters/store';
import type { Instant, SecurityEvent, UserId } from '@mentorship/domain';
import { expect, test } from 'vitest';
import { addUsers, day, minute, now, within } from '../../support/records.ts';
import { type Database, describeOnEachDatabase, describeOnEachStore, openOn } from '../../support/store/stores.ts';

/** The databases use their own clocks: one time is past for them, the other is far in the future. */
const past = Date.parse('2020-01-01T00:00:00.000Z');
const farFuture = Date.parse('2999-01-01T00:00:00.000Z');

const event = (userId: UserId | null, overrides: Partial<SecurityEvent> = {}): SecurityEvent => ({
  type: 'logged_in',
  at: now,
  userId,
  sessionId: null,
  reason: null,
  count: 1,
  ip: null,
  userAgent: null,
  keepUntil: farFuture,
  ...overrides,
});

const add = (store: Store, ...events: SecurityEvent[]) => within(store, 'securityEvents', (all) => all.add(events));

const prune = (store: Store, at: Instant) => within(store, 'securityEvents', (events) => events.prune(at));

const list = (store: Store, userId: UserId, before: number | null = null, limit = 1000) =>
  store.securityEventDirectory.list({ userId, before, limit });

const countsOf = async (store: Store, userId: UserId) => (await list(store, userId)).map(({ count }) => count);

describeOnEachStore('the security event repository', (open) => {
  const openWithUsers = async () => {
    const store = await open();
    const [owner, other] = await addUsers(store, 'owner', 'other');
    return { store, owner, other };
  };

  test('returns events as added, newest first, each with its id', async () => {
    const { store, owner } = await openWithUsers();
    const full = event(owner.id, {
      type: 'session_ended',
      sessionId: 'mine',
      reason: 'password_changed',
      count: 3,
      ip: '2001:db8::1',
      userAgent: `a "browser" with it's quotes`,
    });
    // Events are ordered by id, even when the clock was set back.
    const bare = event(owner.id, { type: 'registered', at: now - minute });
    expect(await list(store, owner.id)).toEqual([]);
    await add(store, full, bare);
    await add(store, { ...bare, type: 'account_ended' });
    const events = await list(store, owner.id);
    const ids = events.map(({ id }) => id);
    expect(events).toEqual(
      [{ ...bare, type: 'account_ended' }, bare, full].map((each, at) => ({ ...each, id: ids[at] })),
    );
    expect(ids).toEqual(ids.toSorted((a, b) => b - a));
    expect(new Set(ids).size).toBe(3);
  });

  test('accepts an empty and a large batch of events', async () => {
    const { store, owner } = await openWithUsers();
    await add(store);
    expect(await list(store, owner.id)).toEqual([]);
    await add(store, ...Array.from({ length: 500 }, (_, at) => event(owner.id, { count: at })));
    expect(await countsOf(store, owner.id)).toEqual(Array.from({ length: 500 }, (_, at) => 499 - at));
  });

  test('accepts 20,000 events in one batch', async () => {
    const { store, owner } = await openWithUsers();
    await add(store, ...Array.from({ length: 20_000 }, () => event(owner.id)));
    expect(await list(store, owner.id, null, 100_000)).toHaveLength(20_000);
  });

  test(`returns only the user's own events`, async () => {
    const { store, owner, other } = await openWithUsers();
    await add(store, event(owner.id, { count: 1 }), event(other.id, { count: 2 }), event(null, { count: 3 }));
    expect(await countsOf(store, owner.id)).toEqual([1]);
    expect(await countsOf(store, other.id)).toEqual([2]);
  });

  test.each([1, 3, 10, 11])('returns the complete list in pages of %i', async (limit) => {
    const { store, owner, other } = await openWithUsers();
    for (let count = 1; count <= 10; count++) await add(store, event(other.id), event(owner.id, { count }));
    const pages: number[][] = [];
    for (let before: number | null = null; ;) {
      const page = await list(store, owner.id, before, limit);
      if (page.length === 0) break;
      pages.push(page.map(({ count }) => count));
      before = page.at(-1)!.id;
    }
    expect(pages.flat()).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(pages).toHaveLength(Math.ceil(10 / limit));
  });

  test('keeps no events of a rolled-back transaction', async () => {
    const { store, owner } = await openWithUsers();
    await add(store, event(owner.id, { count: 1 }));
    const failed = within(store, 'securityEvents', async (events) => {
      await events.add([event(owner.id, { count: 2 })]);
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    await add(store, event(owner.id, { count: 3 }));
    expect(await countsOf(store, owner.id)).toEqual([3, 1]);
  });

  test('prunes expired events only', async () => {
    const { store, owner } = await openWithUsers();
    const events = [past, past + 1, past + 30 * day].map((keepUntil, count) => event(owner.id, { keepUntil, count }));
    await add(store, ...events);
    await prune(store, past - 1);
    expect(await countsOf(store, owner.id)).toEqual([2, 1, 0]);
    // A database may wait up to a day longer, to allow for clock differences.
    await prune(store, past + day);
    expect(await countsOf(store, owner.id)).not.toContain(0);
    expect(await countsOf(store, owner.id)).toContain(2);
    await prune(store, past + 31 * day);
    expect(await countsOf(store, owner.id)).toEqual([]);
  });

  test('prunes all expired events over several calls, and never reuses an id', async () => {
    const { store, owner } = await openWithUsers();
    await add(store, ...Array.from({ length: 230 }, (_, at) => event(owner.id, { keepUntil: past + at })));
    const [newest] = await list(store, owner.id, null, 1);
    for (let times = 0; times < 3; times++) await prune(store, past + 9 * day);
    expect(await list(store, owner.id)).toEqual([]);
    await add(store, event(owner.id));
    const [next] = await list(store, owner.id);
    expect(next!.id).toBeGreaterThan(newest!.id);
  });
});

describeOnEachDatabase('the table of security events', (create, name) => {
  const columns = 'id, type, occurred_at, user_id, session_id, reason, count, ip, user_agent, keep_until';

  /** A database with one event to keep and one expired event, and a query for all rows. */
  const openWithEvents = async () => {
    const database = await create();
    const store = await openOn(database);
    const [owner] = await addUsers(store, 'owner');
    await add(store, event(owner.id, { ip: '192.0.2.1' }), event(owner.id, { keepUntil: past, ip: '192.0.2.2' }));
    return { database, store, rows: () => rowsOf(database) };
  };

  const rowsOf = ({ query }: Database) => query(`select ${columns} from security_events order by id`);

  const replacement = `1, 'registered', '', null, null, null, 1, null, null, '2000'`;

  const rejected: Record<string, readonly string[]> = {
    sqlite: [
      `insert or replace into security_events (${columns}) values (${replacement})`,
      `replace into security_events (${columns}) values (${replacement})`,
      `insert or replace into security_events (rowid, type, occurred_at, count, keep_until) values (1, '', '', 1, '')`,
      `insert into security_events (${columns}) values (${replacement}) on conflict (id) do update set ip = null`,
      ...[`'1'`, '1.0', `' 1'`, `'1.0e0'`].map(
        (id) => `replace into security_events (id, type, occurred_at, count, keep_until) values (${id}, '', '', 1, '')`,
      ),
      `replace into security_events select * from security_events where id = 1`,
      `insert or ignore into security_events (${columns}) values (${replacement})`,
      'update or replace security_events set id = 1 where id = 2',
      'update or ignore security_events set ip = null',
    ],
    postgres: [
      'truncate security_events',
      `insert into security_events (${columns}) values (${replacement}) on conflict (id) do update set ip = null`,
      'with changed as (update security_events set ip = null returning id) select * from changed',
      `merge into security_events using (select 1 as one) as source on id = 1 when matched then delete`,
    ],
  };

  test.each([
    'update security_events set ip = null',
    `update security_events set keep_until = '2000'`,
    'update security_events set id = 3 where id = 2',
    'update security_events set ip = ip',
    'delete from security_events',
    'delete from security_events where id = 1',
    ...rejected[name]!,
  ])('rejects: %s', async (statement) => {
    const { database, rows } = await openWithEvents();
    const before = await rows();
    expect(before).toHaveLength(2);
    await expect(database.query(statement)).rejects.toThrow('security_events only grows');
    expect(await rows()).toEqual(before);
  });

  test('allows deleting an expired event', async () => {
    const { database, rows } = await openWithEvents();
    await database.query('delete from security_events where id = 2');
    expect(await rows()).toMatchObject([{ ip: '192.0.2.1' }]);
  });

  test('supports ids beyond 32 bits', async () => {
    const { database, store } = await openWithEvents();
    const [{ id: userId }] = await addUsers(store, 'other');
    const last = 2 ** 31 + 5;
    const next =
      name === 'postgres'
        ? `alter table security_events alter column id restart with ${last}`
        : `update sqlite_sequence set seq = ${last - 1} where name = 'security_events'`;
    await database.query(next);
    await add(store, event(userId, { count: 1 }), event(userId, { count: 2 }));
    expect((await list(store, userId)).map(({ id }) => id)).toEqual([last + 1, last]);
    expect(await list(store, userId, last + 1)).toMatchObject([{ id: last, count: 1 }]);
    await prune(store, past + day);
    expect(await list(store, userId)).toHaveLength(2);
  });

  test('accepts new events after a rejected change', async () => {
    const { database, store, rows } = await openWithEvents();
    await expect(database.query('delete from security_events')).rejects.toThrow('security_events only grows');
    await add(store, event(null));
    expect(await rows()).toHaveLength(3);
  });

  test('rejects pruning by a service whose clock is years ahead', async () => {
    const { store, rows } = await openWithEvents();
    await expect(prune(store, farFuture + 9 * day)).rejects.toThrow('security_events only grows');
    expect(await rows()).toHaveLength(2);
  });
});
