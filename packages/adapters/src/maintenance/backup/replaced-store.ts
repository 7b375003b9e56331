import { existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { foreignDatabase, ownershipOf } from '../../kysely/schema/ownership.ts';
import { type NumberedTable, numberedTables } from '../archive/archive.ts';
import { sidecars, sync } from './atomic-file.ts';
import { leaveWalMode } from './finalize-copy.ts';
import { openSqliteArchive } from '../archive/sqlite-archive.ts';
import { isDamage } from '../archive/sqlite-inspection.ts';

/** The store that a backup replaces. No other process can open it until this is disposed of. */
export interface ReplacedStore extends AsyncDisposable {
  /** The last id that each table has assigned; empty when the store is too damaged to read them. */
  readonly lastIds: ReadonlyMap<NumberedTable, number>;
  /** Keeps the store under a second name, and leaves none of its other files beside the first. */
  keepCopyAs(name: string): Promise<void>;
}

/** Opens and locks the store, which may be damaged. Throws `StoreError` when it is in use or of another application. */
export const holdReplacedStore = async (path: string): Promise<ReplacedStore> => {
  const archive = openSqliteArchive(path);
  const lastIds = new Map<NumberedTable, number>();
  let readable: boolean;
  try {
    readable = await unlessDamaged(async () => {
      await archive.begin();
      if (ownershipOf(await archive.tables()) === 'foreign') throw foreignDatabase(path, 'Check DATABASE_URL.');
      for (const table of numberedTables) lastIds.set(table, await archive.lastId(table));
      await archive.commit();
    });
  } catch (error) {
    await archive[Symbol.asyncDispose]();
    throw error;
  }
  return {
    lastIds,
    async keepCopyAs(name) {
      // In one file, out of WAL mode: a process that has opened it already cannot write to it once it has lost its name.
      const isOneFile = readable && (await unlessDamaged(() => leaveWalMode(archive.db)));
      if (isOneFile) rmSync(`${path}-shm`, { force: true });
      else keepSidecars(path, name);
      linkSync(path, name);
      sync(dirname(path));
    },
    [Symbol.asyncDispose]: () => archive[Symbol.asyncDispose](),
  };
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
