import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

const planted = 'packages/adapters/src/kysely/users/planted';
const users = `db.selectFrom('users').select('id')`;
const builder = (type: string, query: string) =>
  `preparedQuery((db, { name }: ${type}) => ${users}.where('email', '=', ${query}))`;
const branching = (query: string) => builder('Placeholders<{ name: string | null }>', query);

const refused: readonly [title: string, query: string, reason: RegExp][] = [
  ['orders a placeholder', branching(`name < 'm' ? 'a' : 'z'`), /TS2365/],
  ['compares a placeholder with a value', branching(`name === 'x' ? 'a' : 'z'`), /TS2367/],
  ['compares a placeholder with null', branching(`name === null ? 'a' : name`), /no-unnecessary-condition/],
  ['asks whether a placeholder is truthy', branching(`name ? 'a' : 'z'`), /no-unnecessary-condition/],
  [
    'negates a placeholder',
    `preparedQuery((db, { name }: Placeholders<{ name: string | null }>) =>
      ${users}.$if(!name, (query) => query.where('email', 'is', null)))`,
    /strict-boolean-expressions/,
  ],
  ['gives a placeholder a default', branching(`name ?? 'a'`), /no-unnecessary-condition/],
  ['writes a placeholder into text', branching('`${name}%`'), /restrict-template-expressions/],
  ['calls a method of a value', branching('name.toLowerCase()'), /TS2339/],
  ['takes values where it gets placeholders', builder('{ name: string | null }', 'name'), /TS2345/],
  [
    'compares a placeholder of a shaped query with null',
    `preparedQueryByShape((db, { name }: Placeholders<{ name: string | null | undefined }>) =>
      ${users}.$if(name === null, (query) => query.where('email', 'is', null)))`,
    /no-unnecessary-condition/,
  ],
];

const accepted: readonly [title: string, query: string][] = [
  ['inserts its placeholders', branching('name')],
  [
    'branches on what shapes the query',
    `preparedQueryByShape((db, { id, newest }: Placeholders<{ id: number | undefined; newest: boolean }>) =>
      ${users}
        .$call((query) => (id === undefined ? query : query.where('id', '=', id)))
        .orderBy('id', newest ? 'desc' : 'asc'))`,
  ],
];

const importsOf = (query: string): string =>
  [...new Set(query.match(/Placeholders|preparedQuery(ByShape)?/g))]
    .map((name) => (name === 'Placeholders' ? `type ${name}` : name))
    .join(', ');

const files = [...refused, ...accepted].map(([title]) => title);

describe('a builder of a prepared query', () => {
  const folder = temporaryFolder();
  afterAll(folder.remove);

  /** What `pnpm check` prints about the planted files: the compiler and the linter, as its scripts run them. */
  const output: string[] = [];
  beforeAll(() => {
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(folder.path, path)), { recursive: true });
      writeFileSync(join(folder.path, path), text);
    };
    for (const path of [
      '.oxlintrc.json',
      'tsconfig.json',
      'tsconfig.base.json',
      'packages/adapters/package.json',
      'packages/adapters/src/kysely/engine/prepared-query.ts',
      'packages/adapters/src/kysely/schema/schema.ts',
    ])
      cpSync(join(root, path), join(folder.path, path));
    mkdirSync(join(folder.path, 'tests'));
    for (const path of ['node_modules', 'packages/adapters/node_modules', 'tests/node_modules'])
      symlinkSync(join(root, path), join(folder.path, path));
    for (const [at, [, query]] of [...refused, ...accepted].entries())
      write(
        `${planted}-${at}.ts`,
        `import { ${importsOf(query)} } from '../engine/prepared-query.ts';\nexport const planted = ${query};`,
      );
    const runScript = (command: string) => {
      const [program = '', ...options] = command.split(' ');
      const { stdout, stderr } = spawnSync(join(root, 'node_modules/.bin', program), options, {
        cwd: folder.path,
        encoding: 'utf8',
        timeout: 60_000,
      });
      output.push(stdout, stderr);
    };
    runScript('tsc -p . --pretty false');
    // Without a path the linter would follow the links into node_modules.
    runScript(`${scripts.lint} --format=unix packages/adapters/src`);
  });

  const problemsOf = (title: string) =>
    output.flatMap((text) => text.split('\n')).filter((line) => line.includes(`${planted}-${files.indexOf(title)}.ts`));

  test('is checked by `pnpm check`', () => {
    expect(scripts.check?.split(' && ')).toEqual(expect.arrayContaining(['pnpm typecheck', 'pnpm lint']));
    expect(scripts.typecheck?.split(' && ')).toContain('tsc -p .');
  });

  test.each(refused)('is refused if it %s', (title, _query, reason) => {
    expect(problemsOf(title).join('\n')).toMatch(reason);
  });

  test.each(accepted)('is accepted if it %s', (title) => {
    expect(problemsOf(title)).toEqual([]);
  });
});
