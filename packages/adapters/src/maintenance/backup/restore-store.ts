import { chownSync, createReadStream, createWriteStream, existsSync, realpathSync, rmdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Instant, Seconds } from '@mentorship/domain';
import { makeDirectory, missingDirectories } from '../../kysely/sqlite/make-directory.ts';
import { StoreError } from '../../store-error.ts';
import { migrateStore, sqlitePath } from '../../kysely/store.ts';
import type { NumberedTable } from '../archive/archive.ts';
import { openAtomicFile } from './atomic-file.ts';
import { endAllSessions } from './end-all-sessions.ts';
import { loadInstead } from './postgres-tools.ts';
import { holdReplacedStore, keepSidecars } from './replaced-store.ts';
import { leaveWal, settleCopy } from './finalize-copy.ts';
import { openSqliteArchive, requireSqliteFile } from '../archive/sqlite-archive.ts';

export interface RestoreOptions {
  /** Whether it may take the place of a store, which is then kept beside. */
  readonly replace: boolean;
  readonly endSessions: boolean;
  readonly now: Instant;
  /** How long the events of ended sessions are kept. */
  readonly retention: Seconds;
  /** Hears how many bytes have been copied. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Restored {
  /** Where the store is now. */
  readonly store: string;
  /** Where the one is that was there before; null when there was none. */
  readonly replaced: string | null;
  /** How many sessions have been ended; null when they were left. */
  readonly endedSessions: number | null;
  /** The steps by which the service will bring the schema up to date when it starts. */
  readonly stepsToBeDone: readonly string[];
}

/**
 * Makes a backup the store at the URL, an SQLite database. Until the very end, when the file gets its name, all is as it was.
 * Throws `StoreError` when the backup is not whole, not ours or of a newer release, or when the store is in use.
 */
export const restoreStore = async (url: string, file: string, options: RestoreOptions): Promise<Restored> => {
  const named = sqlitePath(url);
  if (named === null) throw loadInstead(url, file);
  requireSqliteFile(file);
  requireAlone(file);
  const exists = existsSync(named);
  const store = exists ? realpathSync(named) : resolve(named);
  if (exists && realpathSync(file) === store) throw new StoreError(`${file} is the store itself. Name a backup of it.`);
  if (exists && !options.replace)
    throw new StoreError(
      `There is a store at ${named} already. Say --replace to put the backup in its place; the store is kept beside it.`,
    );

  const missing = missingDirectories(dirname(store));
  try {
    makeDirectory(dirname(store));
    return await putInPlace(file, { store, exists }, options);
  } catch (error) {
    for (const folder of missing) removeEmpty(folder);
    throw error;
  }
};

/** Not what somebody else has made something in meanwhile. */
const removeEmpty = (folder: string): void => {
  try {
    rmdirSync(folder);
  } catch {}
};

const putInPlace = async (
  file: string,
  { store, exists }: { store: string; exists: boolean },
  options: RestoreOptions,
): Promise<Restored> => {
  await using replaced = exists ? await holdReplacedStore(store) : null;
  using copy = openAtomicFile(store);
  await copyFile(file, copy.path, options.onProgress);
  const stepsToBeDone = await settleCopy(copy.path, file);
  const endedSessions = await prepare(copy.path, replaced?.lastIds ?? new Map(), options);
  if (process.getuid?.() === 0) giveTo(exists ? store : dirname(store), copy.path);

  const kept = `${store}.replaced-${new Date(options.now).toISOString().replaceAll(':', '')}`;
  if (replaced) await replaced.keepCopyAs(kept);
  else keepSidecars(store, kept);
  if (replaced) copy.replace();
  else copy.place();
  return {
    store,
    replaced: replaced && kept,
    endedSessions,
    stepsToBeDone: endedSessions === null ? stepsToBeDone : [],
  };
};

/** Throws `StoreError` for a database that is a part only: the rest is in a file beside it, which has not come along or will change. */
const requireAlone = (file: string): void => {
  for (const sidecar of ['-wal', '-journal'])
    if (existsSync(file + sidecar) && statSync(file + sidecar).size > 0)
      throw new StoreError(
        `${file} is a store in use, or was left by one: ${file}${sidecar} is a part of it. Name a backup of it.`,
      );
};

const copyFile = async (
  from: string,
  to: string,
  onProgress: RestoreOptions['onProgress'] = () => {},
): Promise<void> => {
  const total = statSync(from).size;
  let done = 0;
  await pipeline(
    createReadStream(from, { highWaterMark: 1024 * 1024 }),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        onProgress((done += chunk.length), total);
        yield chunk;
      }
    },
    createWriteStream(to),
  );
};

/** Ids that were given out after the backup are not given out again: tokens, and what people have noted down, name them. */
const prepare = async (
  path: string,
  lastIds: ReadonlyMap<NumberedTable, number>,
  options: RestoreOptions,
): Promise<number | null> => {
  if (options.endSessions) await migrateStore(`sqlite:${path}`);
  await using archive = openSqliteArchive(path);
  await archive.begin();
  for (const [table, last] of lastIds) if (last > (await archive.lastId(table))) await archive.setLastId(table, last);
  const ended = options.endSessions ? await endAllSessions(archive, options) : null;
  await archive.commit();
  await leaveWal(archive.db);
  return ended;
};

/** Whoever restores a backup as root does so for the user that runs the service. */
const giveTo = (like: string, file: string): void => {
  const { uid, gid } = statSync(like);
  chownSync(file, uid, gid);
};
