import { sql } from 'kysely';
import { type Archive, numberedTables } from '../archive/archive.ts';
import { type Check, queryCheck, rowsThat } from './check.ts';

/** The columns that keep moments. */
const moments = {
  users: ['created_at', 'last_login_at', 'ended_at', 'deactivated_at'],
  user_networks: ['last_login_at'],
  mentorships: ['created_at', 'expires_at', 'started_at', 'ended_at'],
  sessions: ['created_at', 'expires_at', 'access_until', 'ended_at', 'last_used_at', 'rotated_at'],
  signing_keys: ['created_at', 'expires_at'],
  attempt_counts: ['until'],
  security_events: ['occurred_at', 'keep_until'],
} as const;

/** ISO 8601 in UTC with milliseconds: only then does text sort as time does. */
const written = sql.lit('____-__-__T__:__:__.___Z');

/** Tables with one row, which is locked to come one at a time. */
const singles = ['mentor_graph', 'session_end_counter', 'migration_lock'];

const beyondLast = async ({ db, lastId }: Archive): Promise<string[]> => {
  const wrong: string[] = [];
  for (const table of numberedTables) {
    const { rows } = await sql<{ largest: number | null }>`select max(id) as largest from ${sql.table(table)}`.execute(
      db,
    );
    const [largest, last] = [rows[0]?.largest ?? 0, await lastId(table)];
    if (largest > last) wrong.push(`${table} has the id ${largest}, and would give out ${last + 1} next`);
  }
  return wrong;
};

export const writtenChecks: readonly Check[] = [
  { title: 'ids that are given out next are new', find: beyondLast },
  queryCheck(
    'what comes one at a time has its row',
    sql.join(
      singles.map(
        (table) => sql`select ${sql.lit(`${table} has `)} || count(*) || ' rows, and not the one' as wrong
          from ${sql.table(table)} having count(*) <> 1 or min(id) <> 1`,
      ),
      sql` union all `,
    ),
  ),
  queryCheck(
    'moments are written so that they sort as time does',
    sql.join(
      Object.entries(moments).flatMap(([table, columns]) =>
        columns.map((column) =>
          rowsThat(table, sql`${sql.lit(`${column} of ${table} is `)} || ${sql.ref(column)}`, {
            '': sql`${sql.ref(column)} not like ${written}`,
          }),
        ),
      ),
      sql` union all `,
    ),
  ),
];
