import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openKyselyStore } from '@mentorship/adapters/kysely';
import { fillForEveryRule } from './corruptions.ts';
import { makeSecondRelease } from './releases.ts';
import { sqliteAt } from './stores.ts';

/** Creates a store with some rows in every table. */
export const makeStore = (path: string): Promise<void> => fillForEveryRule({ url: `sqlite:${path}` });

const withStatement = (statement: string) => async (path: string) => {
  await (await openKyselyStore(`sqlite:${path}`)).close();
  await sqliteAt(path).query(statement);
};

/** Files that are not a store of this release: how to create each, and the error message. */
export const invalidStores: Record<string, { readonly make: (path: string) => unknown; readonly line: RegExp }> = {
  'no file': { make: () => {}, line: /^Failed: There is no file .*\. Check the path\.$/ },
  'an empty file': { make: (path) => writeFileSync(path, ''), line: /is not an SQLite database\. Check the path\.$/ },
  'a file that is not a database': {
    make: (path) => writeFileSync(path, 'id,name\n1,alice\n'.repeat(1000)),
    line: /is not an SQLite database\. Check the path\.$/,
  },
  'the header of a database alone': {
    make: (path) => writeFileSync(path, 'SQLite format 3\0'),
    line: /is damaged(, or is not an SQLite database)? \(/,
  },
  'half a database': {
    async make(path) {
      await makeStore(path);
      truncateSync(path, statSync(path).size / 2);
    },
    line: /is damaged(, or is not an SQLite database)? \(/,
  },
  'an empty database': {
    make: (path) =>
      sqliteAt(path)
        .query('vacuum')
        .then(() => sqliteAt(path).query('pragma user_version = 1')),
    line: /is empty\. Name a store of this service\.$/,
  },
  'a database of another application': {
    make: (path) => sqliteAt(path).query('create table things (id integer)'),
    line: /belongs to something else: it is not a database of this service\.$/,
  },
  'a database of another application that has migrations too': {
    make: (path) => sqliteAt(path).query('create table schema_migrations (version text)'),
    line: /belongs to something else: it is not a database of this service\.$/,
  },
  'a store of a newer release': {
    make: withStatement(`insert into schema_migrations values ('9999-from-the-future', '2099')`),
    line: /belongs to a newer release \(it has 9999-from-the-future\)\. Start that release\.$/,
  },
};

/** Creates a store as the second release left it. */
export const makeOlderStore = (path: string): Promise<void> => makeSecondRelease('sqlite', sqliteAt(path));

/** The names, modes and digests of all files below the folder, without -shm files, which readers of a store change. */
export const filesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(({ name }) => !name.endsWith('-shm'))
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        const bytes = entry.isFile() ? readFileSync(path) : '';
        return [path, `${statSync(path).mode.toString(8)} ${createHash('sha256').update(bytes).digest('hex')}`];
      }),
  );
