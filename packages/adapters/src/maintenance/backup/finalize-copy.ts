import { sql } from 'kysely';
import { StoreError } from '../../store-error.ts';
import type { Archive } from '../archive/archive.ts';
import { stepsToBeDone } from '../archive/open-archive.ts';
import { openSqliteArchive } from '../archive/sqlite-archive.ts';
import { isDamage } from '../archive/sqlite-inspection.ts';

/**
 * Makes a database that needs no file beside it out of a copy that nobody else uses, and looks whether it is whole and ours.
 * Resolves to the steps of its schema that are still to be done. Throws `StoreError`, in which `title` is what was copied.
 */
export const settleCopy = async (path: string, title: string): Promise<string[]> => {
  try {
    await using archive = openSqliteArchive(path);
    await archive.begin();
    await archive.commit();
    await leaveWal(archive.db);
    const steps = await stepsToBeDone({ ...archive, title });
    const [damage] = [...(await archive.brokenPages()), ...(await archive.strayRows())];
    if (damage !== undefined) throw damaged(title, damage);
    return steps;
  } catch (error) {
    throw isDamage(error) ? damaged(title, error.message) : error;
  }
};

const damaged = (title: string, how: string) => new StoreError(`${title} is damaged (${how}). Use an earlier backup.`);

/** Writes what is in the file beside into the database, and removes it; the service opens it again when it starts. */
export const leaveWal = async (db: Archive['db']): Promise<void> => {
  const { rows } = await sql<{ journal_mode: string }>`pragma journal_mode = delete`.execute(db);
  if (rows[0]?.journal_mode !== 'delete') throw new Error('The database keeps a part of itself in another file.');
};
