import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { errorCode, remedyFor, rootCause } from '../../explain-failure.ts';
import { realPath, sidecars } from '../../kysely/sqlite/file-name.ts';
import { StoreError } from '../../store-error.ts';
import { unfinishedFiles } from '../unfinished-files.ts';

/** A file that gets its name only when it is complete. Disposing of it removes it, unless it has got its name. */
export interface AtomicFile extends Disposable {
  /** Where it is until then: in the folder of the target. */
  readonly path: string;
  /** Runs the work that fills the file, and flushes it to disk. Throws `StoreError` when the disk refuses a write. */
  fill<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Gives the file its name. Throws `StoreError` when a file has that name. */
  rename(): void;
  /**
   * The same, but replaces a file of that name: at any time there is either the old file or the new one. Returns false, and
   * changes nothing, when that file is mounted by itself.
   */
  replace(): boolean;
}

/** Creates an empty file that only this user can read, and that is to become the target. Throws `StoreError`. */
export const openAtomicFile = (name: string): AtomicFile => {
  const target = realPath(name);
  const path = partialName(target, process.pid);
  try {
    removeAbandoned(target);
    for (const ending of endings) unfinishedFiles.publish(path + ending);
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    throw cannotWrite(name, error);
  }
  const finish = <Result>(giveName: () => Result): Result => {
    try {
      const result = giveName();
      syncFolder(dirname(target));
      return result;
    } catch (error) {
      throw error instanceof StoreError ? error : cannotWrite(name, error);
    }
  };
  return {
    path,
    async fill(work) {
      try {
        const result = await work();
        // Before the steps that name files: the time between those must be short.
        sync(path);
        return result;
      } catch (error) {
        throw isWriteFailure(error) ? cannotWrite(name, error) : error;
      }
    },
    rename: () => finish(() => renameWithoutReplacing(path, target)),
    replace: () => finish(() => renameUnlessMounted(path, target)),
    [Symbol.dispose]: () => removeWithSidecars(path),
  };
};

const partialName = (target: string, process: number | string): string => `${target}.partial-${process}`;

/** Of a database and of what SQLite keeps beside it. */
const endings = ['', ...sidecars];

const removeWithSidecars = (path: string): void => {
  for (const ending of endings) rmSync(`${path}${ending}`, { force: true });
};

/** Removes what processes that were killed have left of the same target. */
const removeAbandoned = (target: string): void => {
  const beginning = basename(partialName(target, ''));
  for (const name of readNames(dirname(target))) {
    const [, id] = name.startsWith(beginning) ? (/^(\d+)(?:-\w+)?$/.exec(name.slice(beginning.length)) ?? []) : [];
    if (id !== undefined && !isRunning(Number(id))) removeWithSidecars(partialName(target, id));
  }
};

/** A user may write to a folder that they cannot read. */
const readNames = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** Whether another process with this id runs; in a container a new process often has the id of a previous one. */
const isRunning = (id: number): boolean => {
  if (id === process.pid) return false;
  try {
    return process.kill(id, 0);
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
};

/** Flushes a file to disk. */
const sync = (path: string): void => {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

/** Flushes the names in a folder to disk, where that is possible: some file systems and rights do not allow it. */
export const syncFolder = (path: string): void => {
  try {
    sync(path);
  } catch (error) {
    if (codeOf(error) === 'EIO') throw error;
  }
};

/** When root writes a file, the user that runs the service must own it. */
export const copyOwner = (like: string, file: string): void => {
  if (process.getuid?.() !== 0) return;
  const [{ uid, gid }, now] = [statSync(like), statSync(file)];
  if (uid !== now.uid || gid !== now.gid) chownSync(file, uid, gid);
};

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

/** Links, because renaming would replace a file of that name; some file systems cannot link. */
const renameWithoutReplacing = (path: string, target: string): void => {
  try {
    linkSync(path, target);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || existsSync(target)) throw existsAlready(target);
    renameSync(path, target);
  }
};

const renameUnlessMounted = (path: string, target: string): boolean => {
  try {
    renameSync(path, target);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EBUSY' && codeOf(error) !== 'EXDEV') throw error;
    return false;
  }
};

export const existsAlready = (path: string): StoreError =>
  new StoreError(`${path} already exists. Name another file, or move this one away.`);

/** Errors of a file's contents; the file that is read is only opened and read. */
const isWriteFailure = (error: unknown): boolean => {
  const cause = rootCause(error);
  return (
    cause.syscall === 'write' ||
    /^(ENOSPC|EDQUOT|EFBIG|EROFS|SQLITE_FULL|SQLITE_IOERR_(?!READ|SHORT_READ)\w+)$/.test(errorCode(cause))
  );
};

const cannotWrite = (target: string, error: unknown): StoreError =>
  new StoreError(
    `${target} cannot be written (${rootCause(error).message}). ` +
      remedyFor(error, 'Check the path, and who may write there.'),
  );
