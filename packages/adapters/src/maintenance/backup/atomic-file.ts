import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from '../../store-error.ts';

/** A file that is being made beside the one that it is to become. Nothing of it is left unless it is put in place. */
export interface AtomicFile extends Disposable {
  readonly path: string;
  /** Gives it its name, for good: it is on the disk when this returns. Throws `StoreError` when something has that name. */
  place(): void;
  /** The same, in the place of what has that name: at every moment there is the one or the other. */
  replace(): void;
}

/** Begins an empty file, for this user alone, that is to become the target. Throws `StoreError`. */
export const openAtomicFile = (target: string): AtomicFile => {
  const path = `${target}.partial-${process.pid}`;
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    const { message } = error as Error;
    throw new StoreError(`${target} cannot be written (${message}). Check the path, and who may write there.`);
  }
  const finish = (name: () => void) => {
    sync(path);
    name();
    sync(dirname(target));
  };
  return {
    path,
    place: () => finish(() => renameWithoutReplacing(path, target)),
    replace: () => finish(() => renameSync(path, target)),
    [Symbol.dispose]() {
      for (const file of ['', ...sidecars]) rmSync(`${path}${file}`, { force: true });
    },
  };
};

/** How the names end of what SQLite keeps beside a database. */
export const sidecars = ['-wal', '-shm', '-journal'] as const;

/** Waits until what is in the file, or the names in the folder, are on the disk. */
export const sync = (path: string): void => {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

/** A second name never takes the place of another file, as renaming does; some network drives have none. */
const renameWithoutReplacing = (path: string, target: string): void => {
  try {
    linkSync(path, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(target)) throw existsAlready(target);
    renameSync(path, target);
  }
};

export const existsAlready = (path: string): StoreError =>
  new StoreError(`${path} exists already. Name another file, or move it away.`);
