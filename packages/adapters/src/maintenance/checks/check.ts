import { type RawBuilder, sql } from 'kysely';
import type { Archive } from '../archive/archive.ts';

/** One thing that holds for every store. */
export interface Check {
  /** What holds. */
  readonly title: string;
  /** Where it does not: a line each, a few of them at most. */
  readonly find: (archive: Archive) => Promise<readonly string[]>;
}

/** One more than is told, so that it can be told that there are more. */
const most = sql.lit(6);

/** A check that the database makes by itself: each row of the query is a line, `wrong`. */
export const queryCheck = (title: string, query: RawBuilder<unknown>): Check => ({
  title,
  async find({ db }) {
    const { rows } = await sql<{ wrong: string }>`select * from (${query}) as found limit ${most}`.execute(db);
    return rows.map(({ wrong }) => wrong);
  },
});

/** Of these conditions, by what breaks each of them, every row of the table that has one. */
export const rowsThat = (
  table: string,
  name: RawBuilder<unknown>,
  conditions: Readonly<Record<string, RawBuilder<unknown>>>,
): RawBuilder<unknown> =>
  sql.join(
    Object.entries(conditions).map(
      ([what, condition]) =>
        sql`select ${name} || ${sql.lit(what && ` ${what}`)} as wrong from ${sql.table(table)} where ${condition}`,
    ),
    sql` union all `,
  );
