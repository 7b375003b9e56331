import { readFileSync } from 'node:fs';
import { settings } from '@mentorship/http/config';
import { describe, expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the documents', () => {
  it.each(Object.entries(settings))('list %s with its default', (name, { fallback }) => {
    expect(read('.env.example')).toContain(`\n${name}=${fallback}\n`);
    const rows = ['README.md', 'SECURITY.md', 'docs/operations.md']
      .flatMap((path) => read(path).split('\n'))
      .filter((line) => line.startsWith('|') && (line.split('|')[1] ?? '').includes(`\`${name}\``));
    expect(rows).not.toEqual([]);
    for (const row of rows) expect(row.split('|')[2]).toMatch(new RegExp(`\`${RegExp.escape(fallback)}\``));
  });

  it('link only to files that are there', () => {
    const links = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md'].flatMap((path) =>
      [...read(path).matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, target = '']) => target),
    );
    expect(links).not.toHaveLength(0);
    for (const target of links) expect(read.bind(null, target), target).not.toThrow(/ENOENT/);
  });
});

describe('the table of requirements in SECURITY.md', () => {
  const named = [...read('SECURITY.md').matchAll(/`(tests\/[^`]+\.ts)`((?:[;,]? "[^"]+")+)/g)].flatMap(
    ([, path = '', names = '']) => [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => [path, name] as const),
  );

  it('names tests', () => {
    expect(named.length).toBeGreaterThan(80);
    expect(read('SECURITY.md')).not.toContain('TODO');
  });

  it.each(named)('%s has "%s"', (path, name) => {
    expect(read(path).replaceAll("\\'", "'")).toContain(name);
  });
});
