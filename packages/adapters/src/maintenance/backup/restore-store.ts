import { createReadStream, createWriteStream, existsSync, rmdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Instant, Seconds } from '@mentorship/domain';
import { areSameFile, realPath } from '../../kysely/sqlite/file-name.ts';
import { makeDirectory, missingDirectories } from '../../kysely/sqlite/make-directory.ts';
import { StoreError } from '../../store-error.ts';
import { migrateStore, sqlitePath } from '../../kysely/store.ts';
import type { NumberedTable } from '../archive/archive.ts';
import { openSqliteArchive, requireSqliteFile } from '../archive/sqlite-archive.ts';
import { foreignPrograms } from '../checks/schema-differences.ts';
import { copyOwner, openAtomicFile } from './atomic-file.ts';
import { endAllSessions } from './end-all-sessions.ts';
import { finalizeCopy, leaveWalMode } from './finalize-copy.ts';
import { usePgRestore } from './postgres-tools.ts';
import { holdReplacedStore, keepSidecars } from './replaced-store.ts';

export interface RestoreOptions {
  /** Whether it may replace an existing store, which is then kept under another name. */
  readonly replace: boolean;
  readonly endSessions: boolean;
  readonly now: Instant;
  /** How long the events of ended sessions are kept, in seconds. */
  readonly retention: Seconds;
  /** Hears how many bytes have been copied. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The result of a restore, as `--json` prints it. */
export interface Restored {
  /** The path of the store. */
  readonly store: string;
  /** The path under which the previous store is kept; null when there was none. */
  readonly replaced: string | null;
  /** How many sessions were ended; null unless that was requested. */
  readonly endedSessions: number | null;
  /** The names of the migrations that the service will apply when it starts. */
  readonly stepsToBeDone: readonly string[];
}

/**
 * Makes a backup the SQLite store at the URL. Nothing changes until the complete file gets its name, as the last step.
 * Throws `StoreError` when the backup is damaged, of another application or of a newer release, or the store is in use.
 */
export const restoreStore = async (url: string, file: string, options: RestoreOptions): Promise<Restored> => {
  const named = sqlitePath(url);
  if (named === null) throw usePgRestore(url, file);
  requireSqliteFile(file);
  requireOneFile(file);
  const store = realPath(named);
  const exists = existsSync(store);
  if (areSameFile(file, store)) throw new StoreError(`${file} is the store itself. Name a backup of it.`);
  if (exists && !options.replace)
    throw new StoreError(`There is already a store at ${named}. Add --replace to replace it; it is kept beside it.`);

  const missing = missingDirectories(dirname(store));
  try {
    makeDirectory(dirname(store));
    return await putInPlace(file, { store, exists }, options);
  } catch (error) {
    for (const folder of missing) removeIfEmpty(folder);
    throw error;
  }
};

/** Another process may have created a file in the folder meanwhile. */
const removeIfEmpty = (folder: string): void => {
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
  const { pending, endedSessions } = await copy.fill(async () => {
    await copyFile(file, copy.path, options.onProgress);
    const pending = await finalizeCopy(copy.path, file);
    await requireNoPrograms(copy.path, file);
    return {
      pending,
      endedSessions: await prepare(copy.path, replaced?.lastIds ?? new Map(), options),
    };
  });
  copyOwner(exists ? store : dirname(store), copy.path);

  const kept = `${store}.replaced-${new Date(options.now).toISOString().replaceAll(':', '')}`;
  if (replaced) {
    await replaced.keepCopyAs(kept);
    await replaced.replaceWith(copy);
  } else {
    keepSidecars(store, kept);
    copy.rename();
  }
  return {
    store,
    replaced: replaced && kept,
    endedSessions,
    stepsToBeDone: endedSessions === null ? pending : [],
  };
};

/** Throws `StoreError` when a part of the database is in another file, which is not copied or will change. */
const requireOneFile = (name: string): void => {
  const file = realPath(name);
  for (const sidecar of ['-wal', '-journal'])
    if (existsSync(file + sidecar) && statSync(file + sidecar).size > 0)
      throw new StoreError(
        `${name} is a store in use, or a process left it unfinished: ${file}${sidecar} is a part of it. Name a backup of it.`,
      );
};

/** Throws `StoreError` when the backup has a trigger or view that could change or hide what the service writes. */
const requireNoPrograms = async (path: string, title: string): Promise<void> => {
  await using archive = openSqliteArchive(path);
  const [foreign] = await foreignPrograms(archive);
  if (foreign !== undefined)
    throw new StoreError(`${title} has a program that no release creates (${foreign}). Use an unchanged backup.`);
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

/**
 * Ends sessions when requested, and continues after the last ids of the replaced store: tokens and people's notes may name
 * ids that were assigned after the backup. Returns how many sessions it ended, or null.
 */
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
  await leaveWalMode(archive.db);
  return ended;
};
