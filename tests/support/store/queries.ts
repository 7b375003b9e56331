import { createHash } from 'node:crypto';
import type { Store } from '@mentorship/adapters/store';
import { everyCall, type Port } from './every-call.ts';
import { isQuery, type SentStatement } from './statements.ts';

/** The file of each port's queries. */
const fileOf: Readonly<Record<Port, string>> = {
  storage: 'storage',
  users: 'users',
  userDirectory: 'users',
  sessions: 'sessions',
  sessionDirectory: 'sessions',
  mentorships: 'mentorships',
  mentorshipDirectory: 'mentorships',
  attempts: 'security',
  attemptDirectory: 'security',
  securityEvents: 'security',
  securityEventDirectory: 'security',
  signingKeys: 'security',
  signingKeyDirectory: 'security',
};

/** The distinct queries that a method of a port sends. */
interface MethodQueries {
  readonly port: Port;
  readonly method: string;
  readonly queries: readonly SentStatement[];
}

/** Makes every call on the store, and returns the queries of each method from the statements recorded meanwhile. */
export const collectQueries = async (store: Store, statements: SentStatement[]): Promise<MethodQueries[]> => {
  const sent: (SentStatement & Pick<MethodQueries, 'port' | 'method'>)[] = [];
  for (const { port, method, make } of everyCall) {
    statements.splice(0);
    await make(store);
    sent.push(...statements.filter(isQuery).map((statement) => ({ ...statement, port, method })));
  }
  return [...Map.groupBy(sent, ({ port, method }) => `${port}.${method}`).values()].map((queries) => ({
    ...queries[0]!,
    queries: [...new Map(queries.map((query) => [query.sql, query])).values()],
  }));
};

const header =
  '-- Made by `npx -y pnpm@12 queries` from the calls in tests/support/store. To change a query, change the adapter, run it, review.';

/** The text of each reviewed file, by its name. */
export const toSqlFiles = (methods: readonly MethodQueries[]): [file: string, text: string][] =>
  [...Map.groupBy(methods, ({ port }) => fileOf[port])].map(([file, methods]) => [
    `${file}.sql`,
    `${[header, ...methods.map(toSection)].join('\n\n')}\n`,
  ]);

/** The queries of a method. A query that only combines lines of those above it is counted and hashed, but not shown. */
const toSection = ({ port, method, queries }: MethodQueries): string => {
  const seen = new Set<string>();
  const shown = queries
    .map(({ sql }) => format(sql))
    .filter((lines) => {
      const fresh = lines.map(withoutPosition).filter((line) => !seen.has(line));
      for (const line of fresh) seen.add(line);
      return fresh.length > 0;
    });
  const hidden = queries.length - shown.length;
  const hash = createHash('sha256').update(queries.map(({ sql }) => sql).join('\n'));
  return [
    `-- ${port}.${method}`,
    ...(hidden > 0
      ? [`-- (and ${hidden} more that combine these lines; SHA-256 of all: ${hash.digest('hex').slice(0, 16)})`]
      : []),
    shown.map((lines) => `${lines.join('\n')};`).join('\n\n'),
  ].join('\n');
};

/** The line as it is in other queries, where its parameters have other numbers and it may be the last column. */
const withoutPosition = (line: string): string => line.replaceAll(/\$\d+/g, '$').replace(/,$/, '');

const clauses =
  'select|delete from|from|inner join|left join|where|and|group by|order by|limit|offset|union all|for update|' +
  'values|set|on conflict|returning';
const tokens = new RegExp(
  String.raw`(?<subquery>\((?=select |with ))|(?<open>\()|(?<close>\))|\b(?<clause>${clauses})\b|(?<comma>,)|"[^"]*"|'[^']*'|\s+|[^\s"'(),]+`,
  'g',
);

/** The query, with a clause or a changed column on each line, and subqueries indented. */
const format = (sql: string): string[] => {
  const lines: string[] = [];
  const parentheses: ('subquery' | 'inline')[] = [];
  let [line, within] = ['', ''];
  const breakLine = (indent = '') => {
    if (line.trim() !== '') lines.push(line.trimEnd());
    line = '  '.repeat(parentheses.filter((parenthesis) => parenthesis === 'subquery').length) + indent;
  };
  for (const { 0: text, groups: { subquery, open, close, clause, comma } = {} } of sql.matchAll(tokens)) {
    if (close && parentheses.pop() === 'subquery') breakLine();
    if (clause && parentheses.at(-1) !== 'inline') {
      breakLine(clause === 'and' ? '  ' : '');
      within = clause;
    }
    line += line.trim() === '' ? text.trimStart() : text;
    if (subquery) parentheses.push('subquery');
    if (open) parentheses.push('inline');
    if (subquery) breakLine();
    if (comma && within === 'set' && parentheses.at(-1) !== 'inline') breakLine('  ');
  }
  breakLine();
  return lines;
};
