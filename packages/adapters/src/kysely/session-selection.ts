import type { SessionSelection } from '@mentorship/application';
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** More than a user can have: SQLite knows no offset without a limit. */
const all = 1_000_000;

/** The ids of those of a user's open sessions that are selected. */
export const openSessions = (db: Kysely<Schema>, which: SessionSelection) => {
  const open = db.selectFrom('sessions').select('id').where('user_id', '=', which.userId).where('ended_at', 'is', null);
  if ('except' in which) return open.where('id', '<>', which.except);
  if ('exceptNewest' in which)
    return open.orderBy('created_at', 'desc').orderBy('id').limit(all).offset(which.exceptNewest);
  return which.id === undefined ? open : open.where('id', '=', which.id);
};
