import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { remedyFor, rootCause } from '../../explain-failure.ts';
import { StoreError } from '../../store-error.ts';

/** A file that gets its name only when it is complete. Disposing of it removes it, unless it has got its name. */
export interface AtomicFile extends Disposable {
  /** Where it is until then: in the folder of the target. */
  readonly path: string;
  /** Runs the work that fills the file. Throws `StoreError` when the disk refuses a write. */
  fill<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Flushes the file to disk and gives it its name. Throws `StoreError` when a file has that name. */
  rename(): void;
  /** The same, but replaces a file of that name: at any time there is either the old file or the new one. */
  replace(): void;
}

/** Creates an empty file that only this user can read, and that is to become the target. Throws `StoreError`. */
export const openAtomicFile = (target: string): AtomicFile => {
  const path = `${target}.partial-${process.pid}`;
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    throw cannotWrite(target, error);
  }
  const finish = (giveName: () => void) => {
    try {
      sync(path);
      giveName();
      sync(dirname(target));
    } catch (error) {
      throw error instanceof StoreError ? error : cannotWrite(target, error);
    }
  };
  return {
    path,
    async fill(work) {
      try {
        return await work();
      } catch (error) {
        throw isWriteFailure(error) ? cannotWrite(target, error) : error;
      }
    },
    rename: () => finish(() => renameWithoutReplacing(path, target)),
    replace: () => finish(() => renameSync(path, target)),
    [Symbol.dispose]() {
      for (const file of ['', ...sidecars]) rmSync(`${path}${file}`, { force: true });
    },
  };
};

/** The endings of the files that SQLite keeps beside a database. */
export const sidecars = ['-wal', '-shm', '-journal'] as const;

/** Flushes a file, or the names in a folder, to disk. */
export const sync = (path: string): void => {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

/** Links, because renaming would replace a file of that name; some network drives cannot link. */
const renameWithoutReplacing = (path: string, target: string): void => {
  try {
    linkSync(path, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(target)) throw existsAlready(target);
    renameSync(path, target);
  }
};

export const existsAlready = (path: string): StoreError =>
  new StoreError(`${path} already exists. Name another file, or move this one away.`);

const isWriteFailure = (error: unknown): boolean =>
  /^(ENOSPC|EDQUOT|EFBIG|EROFS|SQLITE_FULL|SQLITE_IOERR_(?!READ|SHORT_READ)\w+)$/.test(rootCause(error).code ?? '');

const cannotWrite = (target: string, error: unknown): StoreError =>
  new StoreError(
    `${target} cannot be written (${rootCause(error).message}). ` +
      remedyFor(error, 'Check the path, and who may write there.'),
  );
