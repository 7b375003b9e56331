import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { settings } from '@mentorship/http/config';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const documents = globSync(['*.md', 'docs/**/*.md', 'tests/*.md', 'tests/fixtures/schemas/*.md'], { cwd: root });

const code = globSync('{packages,apps,tests,verify,bench}/**/*.ts', {
  cwd: root,
  exclude: (path) => path.endsWith('node_modules'),
});

const identifiers = new Set(code.flatMap((path) => read(path).match(/[\w$]+/g) ?? []));

/** The rows of a document's tables whose first cell is a setting: its name and its second cell. */
const settingRows = (path: string) =>
  [...read(path).matchAll(/^\| `([A-Z][A-Z_]+)` \| ([^|]+) \|/gm)].map(([, name = '', value = '']) => ({
    name,
    value,
  }));

describe('the settings', () => {
  it('each have one row in docs/settings.md, and there is no other row', () => {
    const names = settingRows('docs/settings.md').map(({ name }) => name);
    expect(names.toSorted()).toEqual(Object.keys(settings).toSorted());
  });

  it.each(Object.entries(settings))('list %s with its default', (name, { fallback }) => {
    const [row] = settingRows('docs/settings.md').filter((candidate) => candidate.name === name);
    expect(row?.value).toBe(`\`${fallback}\``);
  });

  it('are all in .env.example, with their defaults and nothing else', () => {
    const lines = read('.env.example')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const expected = Object.entries(settings).map(([name, { fallback }]) => `${name}=${fallback}`);
    expect(lines.toSorted()).toEqual(expected.toSorted());
  });

  it('to start with are six rows of the README, with the same defaults', () => {
    const rows = settingRows('README.md');
    expect(rows).toHaveLength(6);
    const defaults = new Map(settingRows('docs/settings.md').map(({ name, value }) => [name, value]));
    for (const { name, value } of rows) expect(value).toBe(defaults.get(name));
  });

  it('that SECURITY.md recommends exist', () => {
    const rows = settingRows('SECURITY.md');
    expect(rows).not.toHaveLength(0);
    for (const { name } of rows) expect(Object.keys(settings)).toContain(name);
  });
});

describe.each(documents)('%s', (document) => {
  const text = read(document);

  it('links only to files that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
    for (const target of links) expect(existsSync(join(root, dirname(document), target)), target).toBe(true);
  });

  it('links only to headings that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)];
    for (const [, target = '', anchor = ''] of links)
      expect(anchorsOf(target === '' ? document : join(dirname(document), target)), `${target}#${anchor}`).toContain(
        anchor,
      );
  });

  it('names only paths of code that exist', () => {
    const paths = [...text.matchAll(/`((?:packages|apps|tests|verify|bench|deploy|docs|\.ci)\/[^`\s*<>{}]*)`/g)];
    for (const [, path = ''] of paths) expect(existsSync(join(root, path)), path).toBe(true);
  });

  it('names only files of code that exist', () => {
    const names = [...text.matchAll(/`([\w/-]+\.ts)`/g)].map(([, name = '']) => name);
    const unknown = names.filter((name) => !code.some((path) => path.endsWith(`/${name}`) || path === name));
    expect(unknown).toEqual([]);
  });

  it('names only identifiers that the code has', () => {
    const names = [...text.matchAll(/`(?:\w+\.)?([a-z]+[A-Z]\w*)(?:\([^`]*\))?`/g)].map(([, name = '']) => name);
    expect(names.filter((name) => !identifiers.has(name))).toEqual([]);
  });

  it('wraps its lines at 120 characters, except tables and code', () => {
    const prose = text.replaceAll(/^```.*?^```$/gms, '').split('\n');
    const tooLong = prose.filter((line) => line.length > 120 && !/^\s*\|/.test(line));
    expect(tooLong).toEqual([]);
  });
});

/** The anchors of a document's headings, as GitHub makes them. */
const anchorsOf = (path: string): string[] =>
  [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('a documented command', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const known = new Set([...Object.keys(scripts), 'install', 'audit']);

  it.each(documents)('of %s is a script of the root package', (document) => {
    const commands = [...read(document).matchAll(/(?:npx -y pnpm@12|`pnpm) ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(commands.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('SECURITY.md', () => {
  it('has at most 1,800 words', () => {
    expect(read('SECURITY.md').split(/\s+/).filter(Boolean).length).toBeLessThanOrEqual(1800);
  });
});

describe('the requirements in docs/asvs.md', () => {
  const named = [...read('docs/asvs.md').matchAll(/`(tests\/[^`]+\.ts)`((?:[;,]? "[^"]+")+)/g)].flatMap(
    ([, path = '', titles = '']) => [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => [path, title] as const),
  );

  it('name tests', () => {
    expect(named.length).toBeGreaterThan(80);
    expect(read('docs/asvs.md')).not.toContain('TODO');
  });

  it.each(named)('%s has "%s"', (path, title) => {
    expect(read(path).replaceAll("\\'", "'").includes(title), `${path} has no test "${title}"`).toBe(true);
  });
});
