import type { Store } from '@mentorship/adapters/store';
import { expect } from 'vitest';
import { isQuery, recordStatements, type SentStatement } from './statements.ts';
import type { Database } from './stores.ts';

type Name = 'sqlite' | 'postgres';

/** A call of the store, the index that its plans must use, and whether they may sort rows. */
export type Case = readonly [
  title: string,
  index: RegExp,
  call: (store: Store) => Promise<unknown>,
  sorts?: 'sorts' | undefined,
];

/** Expects the plans of each case to use its index, to read no whole table, and to sort only where the case says so. */
export const expectPlans = async (
  name: Name,
  database: Database,
  store: Store,
  cases: readonly Case[],
): Promise<void> => {
  const plansOf = openPlanner(name, database, store);
  for (const [title, index, call, sorts] of cases) {
    const plans = (await plansOf(call, sorts ? [] : withoutSorting[name])).map(({ plan }) => plan).join('\n\n');
    expect(plans, title).toMatch(index);
    expect(plans, title).not.toMatch(wholeTable[name]);
    expect(plans, title).not.toMatch(fromTheBeginning[name]);
    if (!sorts) expect(plans, title).not.toMatch(sorting[name]);
  }
};

// PostgreSQL may prefer to sort a few rows: whether an index has them in order shows only when sorting is off.
const withoutSorting = { sqlite: [], postgres: ['set enable_sort = off'] };

interface Planned {
  readonly sql: string;
  readonly plan: string;
}

/** Returns how the database plans each of these statements, with these settings. */
export const planStatements = async (
  name: Name,
  { connect }: Database,
  statements: readonly SentStatement[],
  settings: readonly string[],
): Promise<Planned[]> => {
  const connection = await connect();
  try {
    for (const setting of settings) await connection.query(setting);
    const plans: Planned[] = [];
    for (const statement of new Map(statements.map((statement) => [statement.sql, statement])).values()) {
      const rows = await connection.query(`${explain[name]} ${withValues[name](statement)}`);
      const steps = rows.map((row) => String(row.detail ?? row['QUERY PLAN']));
      // A subquery may have the name of its table: then SQLite scans what the subquery yields.
      const plan = steps
        .filter((step) => !steps.includes(step.replace(/^SCAN (\w+)$/, 'CO-ROUTINE $1')) || !step.startsWith('SCAN'))
        .join('\n');
      plans.push({ sql: statement.sql, plan });
    }
    return plans;
  } finally {
    await connection.close();
  }
};

/** Returns the plan of each statement that the store sends for a call, with these settings. */
export const openPlanner = (name: Name, database: Database, store: Store) => {
  const statements = recordStatements();
  return async (call: (store: Store) => Promise<unknown>, settings: readonly string[]): Promise<Planned[]> => {
    statements.splice(0);
    await call(store);
    return planStatements(name, database, statements.splice(0).filter(isQuery), settings);
  };
};

const explain = { sqlite: 'explain query plan', postgres: 'explain (costs off)' };

/** PostgreSQL plans for the values. SQLite must not plan for them: calls of a function stand in their place. */
const withValues: Record<Name, (statement: SentStatement) => string> = {
  sqlite: ({ sql }) => {
    let at = 0;
    return sql.replaceAll('+?', () => `abs(${(at += 1)})`);
  },
  postgres: ({ sql, values }) => sql.replace(/\$(\d+)/g, (_, position) => literal(values[Number(position) - 1])),
};

const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);

/** The tables that a query may read completely, and why. */
const small = {
  mentor_graph: 'has one row',
  session_end_counter: 'has one row',
  signing_keys:
    'has a row for each day and process until the tokens of its key expire, and each process reads all of them',
};

/** The names in SQLite's plans that are not tables but parts of the query itself. */
const partsOfQuery = [
  'part',
  'above',
  'always',
  'mentees',
  'examined',
  'page',
  'last',
  'some',
  'CONSTANT ROW',
  String.raw`\d+-ROW VALUES`,
];

/**
 * The steps of a plan that read a whole table. On SQLite a SEARCH may too: for a maximum, or by an automatic index, which
 * SQLite builds from the whole table.
 */
export const wholeTable: Record<Name, RegExp> = {
  sqlite: new RegExp(
    String.raw`(SCAN|SEARCH) (?!(${[...Object.keys(small), ...partsOfQuery].join('|')})\b)\w+\b(?! USING ((COVERING )?INDEX|INTEGER PRIMARY KEY))`,
  ),
  postgres: new RegExp(String.raw`Seq Scan on (?!(${Object.keys(small).join('|')})\b)`),
};

/**
 * The steps that read an index from its beginning, or from the beginning of a skill or mentor, up to the start of the
 * page. Of the index of the slowest hash only the last entry is read.
 */
export const fromTheBeginning: Record<Name, RegExp> = {
  sqlite: /SCAN \w+ USING/,
  postgres:
    /Scan( Backward)? using (?!users_by_pbkdf2_iterations )[^\n]*\n(?! *Index Cond)|on (user_skills|mentorships own)\n *Index Cond:(?![^\n]*( >| = \w+\.| = \d))/,
};

/** The steps of a plan that sort rows. */
export const sorting: Record<Name, RegExp> = {
  sqlite: /TEMP B-TREE/,
  postgres: /Sort /,
};
