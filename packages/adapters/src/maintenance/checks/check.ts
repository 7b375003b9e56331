import { type RawBuilder, sql } from 'kysely';
import type { Archive } from '../archive/archive.ts';

/** A rule that every store keeps. */
export interface Check {
  /** The rule, as the command prints it. */
  readonly title: string;
  /** Returns the violations: a line each, a few at most. */
  readonly find: (archive: Archive) => Promise<readonly string[]>;
}

/** How many violations of a rule are reported. */
export const maxReported = 5;

/** One more than is reported shows that there are more. */
const rowLimit = sql.lit(maxReported + 1);

/** A check that one query makes: each row is a violation, in the column `wrong`. */
export const queryCheck = (title: string, query: RawBuilder<unknown>): Check => ({
  title,
  async find({ db }) {
    const { rows } = await sql<{ wrong: string }>`select * from (${query}) as found limit ${rowLimit}`.execute(db);
    return rows.map(({ wrong }) => wrong);
  },
});

/** Selects each row of the table for which a condition holds, as `name` followed by the key of the condition. */
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
