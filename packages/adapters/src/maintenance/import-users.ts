import type { ImportedUser } from '@mentorship/application';
import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { type Instant, newLink, usernameKey } from '@mentorship/domain';
import { toTimestamp } from '../kysely/schema/timestamp.ts';
import { toRow } from '../kysely/mentorships/mentorship-rows.ts';
import { ownershipOf } from '../kysely/schema/ownership.ts';
import { StoreError } from '../store-error.ts';
import { migrateStore, sqlitePath } from '../kysely/store.ts';
import type { Archive } from './archive/archive.ts';
import { fillStore } from './backup/fill-store.ts';
import { openArchive, requireCurrentStore } from './archive/open-archive.ts';

/** Rows in one insert: the databases limit its parameters. */
const pageSize = 500;

/** Hears how many rows have been written. */
type OnProgress = (done: number, total: number) => void;

/**
 * Writes users under their ids, and their mentorships, which begin at `at`, into a store without users, in one transaction.
 * Throws `StoreError`, and errors of the databases.
 */
export const importUsers = async (
  url: string,
  users: readonly ImportedUser[],
  at: Instant,
  onProgress: OnProgress = () => {},
): Promise<void> => {
  await requireNoUsers(url);
  await fillStore(url, (url) => writeUsers(url, users, at, onProgress));
};

const writeUsers = async (
  url: string,
  users: readonly ImportedUser[],
  at: Instant,
  onProgress: OnProgress,
): Promise<void> => {
  await migrateStore(url);
  await using target = openArchive(url);
  await target.begin();
  await rejectUsers(target);

  const rows = users.map(toUserRow);
  const links = users.flatMap(({ id: menteeId, mentorId }) =>
    mentorId === null ? [] : [toRow(newLink({ menteeId, mentorId }, at))],
  );
  const total = rows.length + links.length;
  let done = 0;
  const onRows = async (count: number) => {
    onProgress((done += count), total);
    // Memory that statements hold outside the heap is only freed between event loop turns.
    await setImmediate();
  };
  for (const page of pages(rows)) {
    await target.db.insertInto('users').values(page).execute();
    await onRows(page.length);
  }
  for (const page of pages(links)) {
    await target.db.insertInto('mentorships').values(page).execute();
    await onRows(page.length);
  }
  await target.setLastId('users', users.at(-1)?.id ?? 0);
  await target.db
    .updateTable('mentor_graph')
    .set(({ eb }) => ({ version: eb('version', '+', 1), changed_at: toTimestamp(at) }))
    .execute();
  await target.commit();
};

/** Throws `StoreError` when the database at the URL exists and is neither empty nor a store without users. Creates nothing. */
export const requireNoUsers = async (url: string): Promise<void> => {
  const path = sqlitePath(url);
  if (path !== null && !existsSync(path)) return;
  await using target = openArchive(url);
  if (ownershipOf(await target.tables()) === 'empty') return;
  await requireCurrentStore(target);
  await rejectUsers(target);
};

const rejectUsers = async ({ db, title }: Archive): Promise<void> => {
  const user = await db.selectFrom('users').select('id').limit(1).executeTakeFirst();
  if (user) throw new StoreError(`${title} already has users. Name a new or an empty database in DATABASE_URL.`);
};

const toUserRow = (user: ImportedUser) => ({
  id: user.id,
  username: user.username,
  username_key: usernameKey(user.username),
  email: user.email,
  phone: user.phone,
  password_hash: user.passwordHash,
  created_at: toTimestamp(user.createdAt),
  deactivated_at: user.deactivatedAt === null ? null : toTimestamp(user.deactivatedAt),
});

const pages = function* <Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let at = 0; at < rows.length; at += pageSize) yield rows.slice(at, at + pageSize);
};
