import { existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { foreignDatabase, ownershipOf } from '../../kysely/schema/ownership.ts';
import { type NumberedTable, numberedTables } from '../archive/archive.ts';
import { sidecars, sync } from './atomic-file.ts';
import { leaveWal } from './finalize-copy.ts';
import { openSqliteArchive } from '../archive/sqlite-archive.ts';
import { isDamage } from '../archive/sqlite-inspection.ts';

/** The store that another is to replace: nobody opens it until this is disposed of. */
export interface ReplacedStore extends AsyncDisposable {
  /** The ids that it has given out last; none where it is too damaged to say. */
  readonly lastIds: ReadonlyMap<NumberedTable, number>;
  /** Gives it a second name, under which it stays, and sees to it that nothing of it is left beside the first. */
  keepCopyAs(name: string): Promise<void>;
}

/** Throws `StoreError` when it is in use, or belongs to something else. That it is damaged is no reason to keep it. */
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
      // From here on it is all in the one file. Whoever waits to open that cannot make it a store again once it has lost its name.
      const whole = readable && (await unlessDamaged(() => leaveWal(archive.db)));
      if (whole) rmSync(`${path}-shm`, { force: true });
      else keepSidecars(path, name);
      linkSync(path, name);
      sync(dirname(path));
    },
    [Symbol.asyncDispose]: () => archive[Symbol.asyncDispose](),
  };
};

/** Whether the work could be done. */
const unlessDamaged = async (work: () => Promise<void>): Promise<boolean> => {
  try {
    await work();
    return true;
  } catch (error) {
    if (!isDamage(error)) throw error;
    return false;
  }
};

/** Moves away what would be taken for a part of whatever database comes to be at the path. */
export const keepSidecars = (path: string, name: string): void => {
  for (const sidecar of sidecars) if (existsSync(path + sidecar)) renameSync(path + sidecar, name + sidecar);
};
