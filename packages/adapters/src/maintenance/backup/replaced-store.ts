import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { foreignDatabase, ownershipOf } from '../../kysely/schema/ownership.ts';
import { sidecars } from '../../kysely/sqlite/file-name.ts';
import { type NumberedTable, numberedTables } from '../archive/archive.ts';
import { type AtomicFile, copyOwner, openAtomicFile, syncFolder } from './atomic-file.ts';
import { copySnapshot } from './backup-store.ts';
import { leaveWalMode } from './finalize-copy.ts';
import { openSqliteArchive } from '../archive/sqlite-archive.ts';
import { isDamage } from '../archive/sqlite-inspection.ts';

/** The store that a backup replaces. No other process can open it until this is disposed of. */
export interface ReplacedStore extends AsyncDisposable {
  /** The last id that each table has assigned; empty when the store is too damaged to read them. */
  readonly lastIds: ReadonlyMap<NumberedTable, number>;
  /** Keeps the store under a second name, and leaves none of its other files beside the first. Throws `StoreError`. */
  keepCopyAs(name: string): Promise<void>;
  /** Puts the complete file in its place, of which a copy is kept. Throws `StoreError`. */
  replaceWith(file: AtomicFile): Promise<void>;
}

/** The operation of the file system that some lack; an argument so that tests can go without it too. */
type Link = (path: string, name: string) => void;

/** Opens and locks the store, which may be damaged. Throws `StoreError` when it is in use or of another application. */
export const holdReplacedStore = async (path: string, link: Link = linkSync): Promise<ReplacedStore> => {
  const archive = openSqliteArchive(path);
  const lastIds = new Map<NumberedTable, number>();
  let isReadable: boolean;
  try {
    isReadable = await unlessDamaged(async () => {
      await archive.begin();
      if (ownershipOf(await archive.tables()) === 'foreign') throw foreignDatabase(path, 'Check DATABASE_URL.');
      for (const table of numberedTables) lastIds.set(table, await archive.lastId(table));
      await archive.commit();
    });
  } catch (error) {
    await archive[Symbol.asyncDispose]();
    throw error;
  }
  const release = new AsyncDisposableStack();
  // Closing a file drops every lock of this process on it, also SQLite's: `defer` closes it after the archive.
  const openFile = () => {
    const file = openSync(path, 'r');
    release.defer(() => closeSync(file));
    return file;
  };
  const closeArchive = () => archive[Symbol.asyncDispose]();
  return {
    lastIds,
    async keepCopyAs(name) {
      // In one file, out of WAL mode: a process that has opened it already cannot write to it once it has lost its name.
      const isOneFile = isReadable && (await unlessDamaged(() => leaveWalMode(archive.db)));
      if (isOneFile) rmSync(`${path}-shm`, { force: true });
      else keepSidecars(path, name);
      try {
        link(path, name);
      } catch {
        await keepContents(openFile(), name, path);
      }
      syncFolder(dirname(path));
    },
    async replaceWith(file) {
      if (file.replace()) return;
      await closeArchive();
      await file.fill(() => overwrite(path, file.path, isReadable));
    },
    async [Symbol.asyncDispose]() {
      await closeArchive();
      await release[Symbol.asyncDispose]();
    },
  };
};

/** Copies the open file to a file of that name, where the file system cannot give it a second one. */
const keepContents = async (file: number, name: string, like: string): Promise<void> => {
  using copy = openAtomicFile(name);
  await copy.fill(() =>
    pipeline(createReadStream('', { fd: file, start: 0, autoClose: false }), createWriteStream(copy.path)),
  );
  copyOwner(like, copy.path);
  copy.rename();
};

/** Writes the database in one file over that in another, in one transaction. Throws `StoreError` when that is in use. */
const overwrite = async (path: string, from: string, isReadable: boolean): Promise<void> => {
  if (!isReadable) truncateSync(path);
  await copySnapshot(from, path);
};

/** Returns false when damage stops the work. */
const unlessDamaged = async (work: () => Promise<void>): Promise<boolean> => {
  try {
    await work();
    return true;
  } catch (error) {
    if (!isDamage(error)) throw error;
    return false;
  }
};

/** Moves away the files that SQLite would read as parts of the next database at the path. */
export const keepSidecars = (path: string, name: string): void => {
  for (const sidecar of sidecars) if (existsSync(path + sidecar)) renameSync(path + sidecar, name + sidecar);
};
