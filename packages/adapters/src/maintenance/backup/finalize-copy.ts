import { sql } from 'kysely';
import { StoreError } from '../../store-error.ts';
import type { Archive } from '../archive/archive.ts';
import { pendingMigrations } from '../archive/open-archive.ts';
import { openSqliteArchive } from '../archive/sqlite-archive.ts';
import { isDamage } from '../archive/sqlite-inspection.ts';

/**
 * Turns a copy that no other process uses into a single file, and checks that it is an undamaged store. `title` names the
 * original in messages. Returns the names of the pending migrations. Throws `StoreError`.
 */
export const finalizeCopy = async (path: string, title: string): Promise<string[]> => {
  try {
    await using archive = openSqliteArchive(path);
    await archive.begin();
    await archive.commit();
    await leaveWalMode(archive.db);
    const pending = await pendingMigrations({ ...archive, title });
    const [damage] = [...(await archive.brokenPages()), ...(await archive.strayRows())];
    if (damage !== undefined) throw damaged(title, damage);
    return pending;
  } catch (error) {
    throw isDamage(error) ? damaged(title, error.message) : error;
  }
};

const damaged = (title: string, how: string) => new StoreError(`${title} is damaged (${how}). Use an earlier backup.`);

/** Moves the file -wal into the database and removes it. The service returns to WAL mode when it starts. */
export const leaveWalMode = async (db: Archive['db']): Promise<void> => {
  const { rows } = await sql<{ journal_mode: string }>`pragma journal_mode = delete`.execute(db);
  if (rows[0]?.journal_mode !== 'delete') throw new Error('SQLite did not leave WAL mode.');
};
