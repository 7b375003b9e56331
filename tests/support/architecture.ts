import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor, type Class, type Expression } from 'oxc-parser';

export type Source = { path: string; text: string };

/** What the rules ask about a file. Imports are all of them: types, re-exports, dynamic ones. */
export type Facts = {
  path: string;
  lines: number;
  imports: string[];
  anys: number;
  decorators: number;
  /** Each class that a class here extends, and the package that it is imported from, if any. */
  baseClasses: { readonly name: string; readonly from: string | undefined }[];
  defaultExports: number;
  dialects: boolean;
  /** Calls that run text as code. */
  evaluations: string[];
  errors: string[];
};

export type Violation = { rule: string; path: string; what: string };

const root = fileURLToPath(new URL('../..', import.meta.url));
export const houses = ['packages/domain', 'packages/application', 'packages/adapters', 'apps/http', 'apps/cli'];

/** Every TypeScript file below packages and apps, with its path from the root of the repository. */
export const readSources = (): Source[] =>
  ['packages', 'apps']
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}/src`))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
    )
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

export const factsOf = ({ path, text }: Source): Facts => {
  const { program, module, errors } = parseSync(path, text);
  const facts: Facts = {
    path,
    lines: text.trimEnd().split('\n').length,
    imports: [],
    anys: 0,
    decorators: 0,
    baseClasses: [],
    defaultExports: 0,
    dialects: false,
    evaluations: [],
    errors: errors.map(({ message }) => message),
  };
  for (const entry of module.staticExports.flatMap(({ entries }) => entries)) {
    if (entry.exportName.kind === 'Default' || entry.exportName.name === 'default') facts.defaultExports++;
  }
  const importedFrom = new Map(
    module.staticImports.flatMap(({ moduleRequest, entries }) =>
      entries.map(({ localName }) => [localName.value, moduleRequest.value]),
    ),
  );
  const onClass = ({ superClass }: Class) => {
    if (!superClass) return;
    const name = text.slice(superClass.start, superClass.end);
    facts.baseClasses.push({ name, from: importedFrom.get(name) });
  };
  const onImport = (source: { start: number; end: number } | null) => {
    if (source) facts.imports.push(text.slice(source.start, source.end).replace(/^['"`]|['"`]$/g, ''));
  };
  const onCall = (callee: Expression) => {
    const name = text.slice(callee.start, callee.end).replace(/^globalThis\./, '');
    if (name === 'eval' || name === 'Function') facts.evaluations.push(name);
  };
  new Visitor({
    CallExpression: ({ callee }) => onCall(callee),
    NewExpression: ({ callee }) => onCall(callee),
    ImportDeclaration: ({ source }) => onImport(source),
    ExportNamedDeclaration: ({ source }) => onImport(source),
    ExportAllDeclaration: ({ source }) => onImport(source),
    ImportExpression: ({ source }) => onImport(source),
    TSImportType: ({ source }) => onImport(source),
    TSExternalModuleReference: ({ expression }) => onImport(expression),
    TSAnyKeyword: () => void facts.anys++,
    Decorator: () => void facts.decorators++,
    ClassDeclaration: onClass,
    ClassExpression: onClass,
    Literal: ({ value }) => void (facts.dialects ||= value === 'sqlite' || value === 'postgres'),
    Identifier: ({ name }) => void (facts.dialects ||= /^(is)?(sqlite|postgres)(Dialect)?$/i.test(name)),
  }).visit(program);
  facts.dialects ||= facts.imports.some((name) => name === 'better-sqlite3' || name === 'pg');
  return facts;
};

const houseOf = (path: string): string => path.split('/src/')[0] ?? '';
const isRelative = (name: string): boolean => name.startsWith('.');
/** The path of the file that a file imports by this relative name. */
export const resolved = (path: string, name: string): string => join(dirname(path), name);
export const depthOf = (path: string): number => (path.split('/src/')[1] ?? '').split('/').length - 1;

const ours =
  (...names: string[]) =>
  (name: string): boolean =>
    names.includes(name.split('/').slice(0, 2).join('/'));
const isOurs = (name: string): boolean => name.startsWith('@mentorship/');

const belowApps = ['@mentorship/domain', '@mentorship/application', '@mentorship/adapters'];

/** What a file may import besides its own package's files. */
const mayImport: Record<string, (name: string) => boolean> = {
  'packages/domain': () => false,
  'packages/application': ours('@mentorship/domain'),
  'packages/adapters': (name) => !isOurs(name) || ours('@mentorship/domain', '@mentorship/application')(name),
  'apps/http': (name) => !isOurs(name) || ours(...belowApps)(name),
  'apps/cli': (name) => !isOurs(name) || ours(...belowApps)(name),
};

const isFastify = (name: string): boolean => /^(fastify($|\/)|@fastify\/)/.test(name);
const isContainer = (name: string): boolean => /^(tsyringe|reflect-metadata)($|\/)/.test(name);
const runsWhatItIsTold = (name: string): boolean =>
  /^(node:)?(child_process|vm|cluster|inspector|repl)(\/|$)/.test(name);
/** The files that may start processes, which run this project's own code: workers, and a command. */
const forks: Readonly<Record<string, string>> = {
  'apps/http/src/workers/fork-worker.ts': 'node:cluster',
  'apps/cli/src/main.ts': 'node:child_process',
};
const wiring = ['apps/http/src/container.ts'];

/** The base classes of a file other than Error and, in the Kysely adapter, Kysely's. */
export const forbiddenBaseClasses = ({ path, baseClasses }: Facts): string[] =>
  baseClasses
    .filter(({ name, from }) => from !== undefined || name !== 'Error')
    .filter(({ from }) => from !== 'kysely' || !path.startsWith('packages/adapters/src/kysely/'))
    .map(({ name }) => name);

const rules: Record<string, (file: Facts) => string[]> = {
  parses: ({ errors }) => errors,
  'domain <- application <- adapters <- apps/http': ({ path, imports }) =>
    imports.filter((name) =>
      isRelative(name) ? !resolved(path, name).startsWith(`${houseOf(path)}/src/`) : !mayImport[houseOf(path)]?.(name),
    ),
  'only apps/http knows fastify': ({ path, imports }) =>
    houseOf(path) === 'apps/http' ? [] : imports.filter(isFastify),
  'only the wiring knows the container': ({ path, imports }) =>
    wiring.includes(path) ? [] : imports.filter(isContainer),
  'starts no process and evaluates no text': (file) => [
    ...file.imports.filter((name) => runsWhatItIsTold(name) && forks[file.path] !== name),
    ...file.evaluations,
  ],
  'no any': ({ anys }) => Array.from({ length: anys }, () => 'any'),
  'no decorators': ({ decorators }) => Array.from({ length: decorators }, () => '@'),
  'no base class but Error, except of Kysely in its adapter': forbiddenBaseClasses,
  'no default exports': ({ defaultExports }) => Array.from({ length: defaultExports }, () => 'default'),
  'at most three folders deep': ({ path }) => (depthOf(path) > 3 ? [path] : []),
};

const useCaseTables = ['packages/application/src/application.ts', 'packages/application/src/administration.ts'];

/** The tests that are missing: each use case that the application or the administration lists has the test of its name. */
export const missingUseCaseTests = (
  sources: readonly Source[],
  hasFile: (path: string) => boolean = (path) => existsSync(join(root, path)),
): string[] =>
  sources
    .filter(({ path }) => useCaseTables.includes(path))
    .flatMap((source) => factsOf(source).imports)
    .filter((name) => !/(^|\/)ports(\/|\.ts$)/.test(name))
    .map((name) => name.replace(/^\.\/(.*)\.ts$/, 'tests/use-cases/$1.test.ts'))
    .filter((path) => !hasFile(path))
    .map((path) => `Add ${path}: each use case has the test of its name.`);

/** The files of each import cycle, type imports included, each cycle once. */
export const cyclesIn = (files: Facts[]): string[][] => {
  const graph = new Map(
    files.map(({ path, imports }) => [path, imports.filter(isRelative).map((name) => resolved(path, name))]),
  );
  const cycles: string[][] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) cycles.push(trail.slice(at));
    if (at >= 0 || done.has(path)) return;
    for (const next of graph.get(path) ?? []) walk(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  return cycles;
};

export const violationsIn = (sources: Source[]): Violation[] => {
  const files = sources.map(factsOf);
  return [
    ...files.flatMap((file) =>
      Object.entries(rules).flatMap(([rule, broken]) => broken(file).map((what) => ({ rule, path: file.path, what }))),
    ),
    ...cyclesIn(files).map((cycle) => ({ rule: 'no import cycles', path: cycle[0] ?? '', what: cycle.join(' -> ') })),
  ];
};
