import { migrateStore } from '@mentorship/adapters/kysely';
import Sqlite from 'better-sqlite3';
import pg from 'pg';
import { showProgress } from '../verify/support/progress.ts';

/** The number of users that one statement inserts. */
const batch = 10_000;

/** The mentor of a tenth of all users, at most 100,000. */
export const popularMentor = 2;

/**
 * SQL that inserts users, named after their numbers, and their mentorships. The mentees of the popular mentor come first;
 * of every ten others, nine have the tenth as their mentor. All users share one hash.
 */
const statements = (numbers: string, users: number, passwordHash: string) => {
  const at = new Date().toISOString();
  const followers = popularMentor + Math.min(100_000, Math.floor(users / 10));
  return [
    `insert into users (username, username_key, email, phone, password_hash, created_at)
     select 'User-' || i, 'user-' || i, 'user-' || i || '@example.com', '+7' || (1000000000 + i), '${passwordHash}', '${at}'
     from ${numbers} where true order by i`,
    `insert into mentorships (mentee_id, mentor_id, status, requested_by, created_at, started_at, version)
     select i, case when i <= ${followers} then ${popularMentor} else i - i % 10 + 10 end, 'active', 'mentee', '${at}', '${at}', 1
     from ${numbers} where i > 2 and (i <= ${followers} or (i % 10 > 0 and i - i % 10 + 10 <= ${users})) order by i`,
  ];
};

interface Loader {
  numbers(first: number, last: number): string;
  run(sql: string): unknown;
  close(): unknown;
}

/** Fills an empty database with users and their mentors. Resolves to the duration in seconds. */
export const loadUsers = async (url: string, users: number, passwordHash: string): Promise<number> => {
  await migrateStore(url);
  const began = performance.now();
  const { numbers, run, close } = url.startsWith('sqlite:') ? openSqlite(url) : await openPostgres(url);
  try {
    using progress = showProgress(`batches of ${batch} users and mentors`, 2 * Math.ceil(users / batch));
    for (const table of [0, 1])
      for (let first = 1; first <= users; first += batch) {
        await run(statements(numbers(first, Math.min(first + batch - 1, users)), users, passwordHash)[table] ?? '');
        progress.advance();
      }
    return (performance.now() - began) / 1000;
  } finally {
    await close();
  }
};

const openSqlite = (url: string): Loader => {
  const database = new Sqlite(url.slice('sqlite:'.length));
  // Nothing is acknowledged before the load is complete.
  database.pragma('synchronous = off');
  database.pragma('cache_size = -262144');
  return {
    numbers: (
      first,
      last,
    ) => `(with recursive numbers(i) as (select ${first} union all select i + 1 from numbers where i < ${last})
      select i from numbers)`,
    run: (sql) => database.exec(sql),
    close() {
      database.pragma('wal_checkpoint(truncate)');
      database.close();
    },
  };
};

const openPostgres = async (url: string): Promise<Loader> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('set synchronous_commit = off');
  return {
    numbers: (first, last) => `generate_series(${first}, ${last}) as numbers(i)`,
    run: (sql) => client.query(sql),
    async close() {
      // The server would do it later anyway.
      await client.query('vacuum analyze');
      await client.end();
    },
  };
};
