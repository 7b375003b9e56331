import { clockSkew, fromSeconds } from '@mentorship/domain';
import { sql } from 'kysely';
import { type Archive, numberedTables } from '../archive/archive.ts';
import { toTimestamp } from '../../kysely/schema/timestamp.ts';
import { type Check, queryCheck, rowsThat } from './check.ts';

/** The columns that hold timestamps. */
const timestamps = {
  users: ['created_at', 'last_login_at', 'ended_at', 'deactivated_at'],
  user_networks: ['last_login_at'],
  mentorships: ['created_at', 'expires_at', 'started_at', 'ended_at'],
  sessions: ['created_at', 'expires_at', 'access_until', 'ended_at', 'last_used_at', 'rotated_at'],
  signing_keys: ['created_at', 'expires_at'],
  attempt_counts: ['until'],
  security_events: ['occurred_at', 'keep_until'],
} as const;

/** ISO 8601 in UTC with milliseconds: in this form the order of the text is the order of time. */
const sortableForm = sql.lit('____-__-__T__:__:__.___Z');

/** Tables with a single row, which transactions lock. */
const singleRowTables = ['mentor_graph', 'session_end_counter', 'migration_lock'];

const findReusedIds = async ({ db, lastId }: Archive): Promise<string[]> => {
  const wrong: string[] = [];
  for (const table of numberedTables) {
    const { rows } = await sql<{ largest: number | null }>`select max(id) as largest from ${sql.table(table)}`.execute(
      db,
    );
    const [largest, last] = [rows[0]?.largest ?? 0, await lastId(table)];
    if (largest > last) wrong.push(`${table} has the id ${largest}, but would assign ${last + 1} next`);
  }
  return wrong;
};

/** The columns whose time has passed when they are written. */
const past = [
  'created_at',
  'last_login_at',
  'last_used_at',
  'started_at',
  'ended_at',
  'rotated_at',
  'deactivated_at',
  'occurred_at',
];

/** A clock that was ahead has written them. They count once the time has come; until then they mislead. */
const findFutureTimestamps = async ({ db }: Archive): Promise<string[]> => {
  const latest = sql.lit(toTimestamp(Date.now() + fromSeconds(clockSkew)));
  const wrong: string[] = [];
  for (const [table, columns] of Object.entries(timestamps))
    for (const column of columns.filter((one) => past.includes(one))) {
      const { rows } = await sql<{ latest: string | null }>`select max(${sql.ref(column)}) as latest
        from ${sql.table(table)} where ${sql.ref(column)} > ${latest} and ${sql.ref(column)} like ${sortableForm}`.execute(
        db,
      );
      if (rows[0]?.latest) wrong.push(`${column} of ${table} goes up to ${rows[0].latest}, in the future`);
    }
  return wrong;
};

export const formatChecks: readonly Check[] = [
  { title: 'the next ids are unused', find: findReusedIds },
  { title: 'timestamps of the past are not in the future', find: findFutureTimestamps },
  queryCheck(
    'single-row tables have their row',
    sql.join(
      singleRowTables.map(
        (table) => sql`select ${sql.lit(`${table} has `)} || count(*) || ' rows instead of row 1 alone' as wrong
          from ${sql.table(table)} having count(*) <> 1 or min(id) <> 1`,
      ),
      sql` union all `,
    ),
  ),
  queryCheck(
    'timestamps are in sortable form',
    sql.join(
      Object.entries(timestamps).flatMap(([table, columns]) =>
        columns.map((column) =>
          rowsThat(table, sql`${sql.lit(`${column} of ${table} is `)} || ${sql.ref(column)}`, {
            '': sql`${sql.ref(column)} not like ${sortableForm}`,
          }),
        ),
      ),
      sql` union all `,
    ),
  ),
];
