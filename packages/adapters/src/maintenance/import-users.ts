import type { ImportedUser } from '@mentorship/application';
import { existsSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { type Instant, newLink, usernameKey } from '@mentorship/domain';
import { toText } from '../kysely/schema/timestamp.ts';
import { toRow } from '../kysely/mentorships/mentorship-rows.ts';
import { ownershipOf } from '../kysely/schema/ownership.ts';
import { StoreError } from '../store-error.ts';
import { migrateStore, sqlitePath } from '../kysely/store.ts';
import type { Archive } from './archive/archive.ts';
import { openArchive, requireOurs } from './archive/open-archive.ts';

/** How many rows one statement inserts: the databases have a limit of parameters. */
const pageSize = 500;

/** Hears of an import: how many rows there are to write, and how many have been. */
type ImportProgress = (done: number, total: number) => void;

/**
 * Writes users under the ids that they have, and their links, which begin at this moment, into a store that has no users.
 * All of it is kept, or nothing. Throws `StoreError`, and what the databases say.
 */
export const importUsers = async (
  url: string,
  users: readonly ImportedUser[],
  at: Instant,
  onProgress: ImportProgress = () => {},
): Promise<void> => {
  await requireNoUsers(url);
  await migrateStore(url);
  await using target = openArchive(url);
  await target.begin();
  await requireEmpty(target);

  const rows = users.map(toUserRow);
  const links = users.flatMap(({ id: menteeId, mentorId }) =>
    mentorId === null ? [] : [toRow(newLink({ menteeId, mentorId }, at))],
  );
  const total = rows.length + links.length;
  let done = 0;
  const onRows = async (count: number) => {
    onProgress((done += count), total);
    // What statements hold outside the heap is given back between turns.
    await turn();
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
    .set(({ eb }) => ({ version: eb('version', '+', 1), changed_at: toText(at) }))
    .execute();
  await target.commit();
};

/** Throws `StoreError` unless there is no database at the URL, or an empty one, or a store without users. Nothing is made. */
export const requireNoUsers = async (url: string): Promise<void> => {
  const path = sqlitePath(url);
  if (path !== null && !existsSync(path)) return;
  await using target = openArchive(url);
  if (ownershipOf(await target.tables()) === 'empty') return;
  await requireOurs(target);
  await requireEmpty(target);
};

const requireEmpty = async ({ db, title }: Archive): Promise<void> => {
  const somebody = await db.selectFrom('users').select('id').limit(1).executeTakeFirst();
  if (somebody) throw new StoreError(`${title} has users already. Name a new or an empty database in DATABASE_URL.`);
};

const toUserRow = (user: ImportedUser) => ({
  id: user.id,
  username: user.username,
  username_key: usernameKey(user.username),
  email: user.email,
  phone: user.phone,
  password_hash: user.passwordHash,
  created_at: toText(user.createdAt),
  deactivated_at: user.deactivatedAt === null ? null : toText(user.deactivatedAt),
});

const pages = function* <Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let at = 0; at < rows.length; at += pageSize) yield rows.slice(at, at + pageSize);
};
