import { createRequire } from 'node:module';
import { parseSync, Visitor } from 'oxc-parser';
import { onTestFinished } from 'vitest';
import { readSources } from '../architecture.ts';

/** A call of `preparedQuery`, `preparedQueryByShape` or `preparedQueryByLength`, and the lines of its builder. */
interface Site {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

const adapter = 'packages/adapters/src/kysely/';

/** Every prepared query in the source of the adapter. */
const preparedQueries = (): Site[] => {
  const sites = readSources()
    .filter(({ path }) => path.startsWith(adapter))
    .flatMap(({ path, text }) => {
      const sites: Site[] = [];
      const lineAt = (offset: number) => text.slice(0, offset).split('\n').length;
      new Visitor({
        CallExpression({ callee, arguments: [builder] }) {
          if (callee.type !== 'Identifier' || !/^preparedQuery(ByShape|ByLength)?$/.test(callee.name) || !builder)
            return;
          sites.push({ path, from: lineAt(builder.start), to: lineAt(builder.end) });
        },
      }).visit(parseSync(path, text).program);
      return sites;
    });
  if (sites.length === 0) throw new Error(`${adapter} has no call of preparedQuery.`);
  return sites;
};

type Method = (this: unknown, ...input: unknown[]) => unknown;

/** The class whose methods begin every query: the one that the adapter uses. */
const { QueryCreator } = createRequire(createRequire(import.meta.url).resolve('@mentorship/adapters/kysely'))(
  'kysely',
) as { QueryCreator: { prototype: Record<string, Method> } };

const beginnings = ['selectFrom', 'selectNoFrom', 'insertInto', 'updateTable', 'deleteFrom', 'with', 'withRecursive'];

/**
 * Watches, until the test ends, which builders of prepared queries run. Returns a function that lists those that have not
 * run since, as `path:line`.
 */
export const watchBuilders = (): (() => string[]) => {
  let missing = preparedQueries();
  const { prototype } = QueryCreator;
  const originals = Object.fromEntries(beginnings.map((name) => [name, prototype[name]!]));
  for (const [name, original] of Object.entries(originals))
    prototype[name] = function (...input) {
      // Reading a stack takes half a millisecond.
      if (missing.length > 0) {
        const running = runningLines();
        missing = missing.filter((site) => !running.some(({ path, line }) => isWithin(site, path, line)));
      }
      return original.apply(this, input);
    };
  onTestFinished(() => void Object.assign(prototype, originals));
  return () => missing.map(({ path, from }) => `${path}:${from}`);
};

/** The lines of the adapter that are on the stack. */
const runningLines = (): { path: string; line: number }[] =>
  [...(new Error().stack ?? '').matchAll(/(packages\/adapters\/src\/kysely\/[\w/-]+\.ts):(\d+)/g)].map(
    ([, path = '', line]) => ({ path, line: Number(line) }),
  );

const isWithin = (site: Site, path: string, line: number): boolean =>
  site.path === path && line >= site.from && line <= site.to;
