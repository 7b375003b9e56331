import { openKyselyStore } from '@mentorship/adapters/kysely';
import type { Store } from '@mentorship/adapters/store';
import { expect } from 'vitest';
import { noteStatements, type SentStatement } from './statements.ts';
import type { Database } from './stores.ts';

type Name = 'sqlite' | 'postgres';

/** What is asked, the index that finds it, and whether what was found is sorted. */
export type Case = readonly [
  what: string,
  index: RegExp,
  ask: (store: Store) => Promise<unknown>,
  sorted?: 'sorted' | undefined,
];

/** No plan of any case reads a whole table, nor sorts anything that is not said to be sorted. */
export const expectPlans = async (name: Name, database: Database, cases: readonly Case[]): Promise<void> => {
  const plansOf = openPlanner(name, database);
  for (const [what, index, ask, sorted] of cases) {
    const plans = (await plansOf(ask, sorted ? [] : inOrder[name])).map(({ plan }) => plan).join('\n\n');
    expect(plans, what).toMatch(index);
    expect(plans, what).not.toMatch(wholeTable[name]);
    expect(plans, what).not.toMatch(fromTheBeginning[name]);
    if (!sorted) expect(plans, what).not.toMatch(sorting[name]);
  }
};

// A few rows are quickly sorted: what comes in order anyway shows only when that is not allowed.
const inOrder = { sqlite: [], postgres: ['set enable_sort = off'] };

interface Planned {
  readonly sql: string;
  readonly plan: string;
}

/** How the database would go about each statement that a store sends it when it is asked so, with these settings. */
export const openPlanner = (name: Name, { url, connect }: Database) => {
  const statements = noteStatements();
  return async (ask: (store: Store) => Promise<unknown>, settings: readonly string[]): Promise<Planned[]> => {
    // A store prepares no statement twice.
    const store = await openKyselyStore(url);
    statements.splice(0);
    await ask(store).finally(() => store.close());
    const asked = statements.splice(0).filter(({ sql }) => /^(select|with|insert|update|delete) /.test(sql));
    const connection = await connect();
    try {
      for (const setting of settings) await connection.query(setting);
      const plans: Planned[] = [];
      for (const statement of new Map(asked.map((statement) => [statement.sql, statement])).values()) {
        const rows = await connection.query(`${explain[name]} ${withValues[name](statement)}`);
        const plan = rows.map((row) => String(row.detail ?? row['QUERY PLAN'])).join('\n');
        plans.push({ sql: statement.sql, plan });
      }
      return plans;
    } finally {
      await connection.close();
    }
  };
};

const explain = { sqlite: 'explain query plan', postgres: 'explain (costs off)' };

/** PostgreSQL plans for the values; SQLite may not look at them, so they are calls here, which it does not look at either. */
const withValues: Record<Name, (statement: SentStatement) => string> = {
  sqlite: ({ sql }) => {
    let at = 0;
    return sql.replaceAll('+?', () => `abs(${(at += 1)})`);
  },
  postgres: ({ sql, values }) => sql.replace(/\$(\d+)/g, (_, position) => literal(values[Number(position) - 1])),
};

const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);

/** The tables that may be read as a whole, and why. */
const small = {
  mentor_graph: 'has one row',
  session_end_counter: 'has one row',
  signing_keys: 'has a row for each day of each process, until no token of its key is good: all are read, to be known',
};

/** What SQLite calls a table and is none of ours: what a query has made itself. */
const ownRows = ['part', 'above', 'always', 'mentees', 'CONSTANT ROW', String.raw`\d+-ROW VALUES`];

/**
 * What a plan says where it reads a whole table. SQLite also searches without an index, for a maximum, or by an automatic
 * one, which it makes of the whole table.
 */
export const wholeTable: Record<Name, RegExp> = {
  sqlite: new RegExp(
    String.raw`(SCAN|SEARCH) (?!(${[...Object.keys(small), ...ownRows].join('|')})\b)\w+\b(?! USING ((COVERING )?INDEX|INTEGER PRIMARY KEY))`,
  ),
  postgres: new RegExp(String.raw`Seq Scan on (?!(${Object.keys(small).join('|')})\b)`),
};

/**
 * An index that is read from its beginning, or from that of a skill or a mentor, up to where the page begins. Of the
 * slowest hash's index the last entry is read, and no other.
 */
export const fromTheBeginning: Record<Name, RegExp> = {
  sqlite: /SCAN \w+ USING/,
  postgres:
    /Scan( Backward)? using (?!users_by_pbkdf2_iterations )[^\n]*\n(?! *Index Cond)|on (user_skills|mentorships own)\n *Index Cond:(?![^\n]*( >| = \w+\.| = \d))/,
};

/** What a plan says where it sorts what it has read. */
export const sorting: Record<Name, RegExp> = {
  sqlite: /TEMP B-TREE/,
  postgres: /Sort /,
};
