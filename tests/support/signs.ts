import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cyclesIn, depthOf, factsOf, type Facts, forbiddenBaseClasses, resolved, type Source } from './architecture.ts';

/** A figure of the source code, and the most that it may be. */
export type Sign = { name: string; figure: number; most?: number; detail?: string };

/** A folder of source files, and the folders and packages that its files import. */
export type Room = { path: string; files: number; arrows: string[] };

export const isMissed = ({ figure, most }: Sign): boolean => most !== undefined && figure > most;

/** These folders hold what differs between the databases. */
const dialectFolders = [
  'packages/adapters/src/kysely/sqlite',
  'packages/adapters/src/kysely/postgres',
  'packages/adapters/src/maintenance/archive',
];

/** Figures that show whether a newcomer still finds the way through the code, with their aims. */
export const signsOf = (sources: readonly Source[]): Sign[] => {
  const files = sources.map(factsOf);
  const bySize = files.toSorted((a, b) => a.lines - b.lines);
  const longest = bySize.at(-1);
  const fullest = roomsOf(files)
    .toSorted((a, b) => a.files - b.files)
    .at(-1);
  const dialects = [...new Set(files.filter((file) => file.dialects).map(placeOf))];
  const sum = (count: (file: Facts) => number): number => files.reduce((total, file) => total + count(file), 0);
  return [
    { name: 'source files', figure: files.length },
    { name: 'lines of source', figure: sum(({ lines }) => lines) },
    { name: 'median lines', figure: bySize[Math.floor(bySize.length / 2)]?.lines ?? 0, most: 40 },
    { name: 'longest file', figure: longest?.lines ?? 0, most: 200, detail: longest?.path ?? '' },
    { name: 'files in a folder', figure: fullest?.files ?? 0, most: 20, detail: fullest?.path ?? '' },
    { name: 'folders below src', figure: Math.max(0, ...files.map(({ path }) => depthOf(path))), most: 3 },
    { name: 'know the database', figure: dialects.length, most: 5, detail: dialects.join(', ') },
    { name: 'import cycles', figure: cyclesIn(files).length, most: 0 },
    { name: 'any', figure: sum(({ anys }) => anys), most: 0 },
    { name: 'decorators', figure: sum(({ decorators }) => decorators), most: 0 },
    { name: 'base classes', figure: sum((file) => forbiddenBaseClasses(file).length), most: 0 },
    { name: 'default exports', figure: sum(({ defaultExports }) => defaultExports), most: 0 },
    { name: 'duplicated blocks', figure: duplicatedBlocks(sources), most: 0 },
  ];
};

const placeOf = ({ path }: Facts): string => dialectFolders.find((folder) => path.startsWith(`${folder}/`)) ?? path;

/** Blocks of eight lines or more that occur twice; imports and lines of brackets alone do not count. */
const duplicatedBlocks = (sources: readonly Source[], length = 8): number => {
  const seen = new Set<string>();
  let blocks = 0;
  for (const { text } of sources) {
    const lines = text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /\w/.test(line) && !line.startsWith('import '));
    let inside = false;
    for (let at = 0; at + length <= lines.length; at++) {
      const block = lines.slice(at, at + length).join('\n');
      if (seen.has(block) && !inside) blocks++;
      inside = seen.has(block);
      seen.add(block);
    }
  }
  return blocks;
};

/** Every folder that has source files, with an arrow to each other folder or package of ours that it imports. */
export const roomsOf = (files: readonly Facts[]): Room[] =>
  [...Map.groupBy(files, ({ path }) => dirname(path))]
    .map(([path, own]) => {
      const targets = own.flatMap((file) => file.imports.flatMap((name) => targetOf(file.path, name)));
      return { path, files: own.length, arrows: [...new Set(targets)].filter((target) => target !== path).toSorted() };
    })
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));

const targetOf = (path: string, name: string): string[] => {
  if (name.startsWith('.')) return [dirname(resolved(path, name))];
  return name.startsWith('@mentorship/') ? [name.split('/').slice(0, 2).join('/')] : [];
};

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The lines of all TypeScript files of these folders. */
export const linesIn = (...folders: string[]): number =>
  folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
        .map((name) => readFileSync(join(root, folder, name), 'utf8')),
    )
    .reduce((total, text) => total + text.trimEnd().split('\n').length, 0);

type Manifest = { dependencies?: Record<string, string>; devDependencies?: Record<string, string> };

/** The packages of others that our packages need. */
export const dependenciesOf = (folders: readonly string[], field: keyof Manifest = 'dependencies'): string[] => {
  const names = folders.flatMap((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
    return Object.keys(manifest[field] ?? {});
  });
  return [...new Set(names)].filter((name) => !name.startsWith('@mentorship/')).toSorted();
};
