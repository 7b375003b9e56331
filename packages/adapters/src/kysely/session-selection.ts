import type { SessionSelection } from '@mentorship/application';
import type { Kysely } from 'kysely';
import type { Schema } from './schema/schema.ts';

/** More than a user can have: SQLite knows no offset without a limit. */
const all = 1_000_000;

/** A selection as a statement takes it: what is absent narrows nothing. */
export const toSelectionValues = (which: SessionSelection) => ({
  userId: which.userId,
  id: 'id' in which ? which.id : undefined,
  except: 'except' in which ? which.except : undefined,
  exceptNewest: 'exceptNewest' in which ? which.exceptNewest : undefined,
});

/** The ids of those of a user's open sessions that are selected. */
export const openSessions = (
  db: Kysely<Schema>,
  { userId, id, except, exceptNewest }: ReturnType<typeof toSelectionValues>,
) => {
  const open = db.selectFrom('sessions').select('id').where('user_id', '=', userId).where('ended_at', 'is', null);
  if (except !== undefined) return open.where('id', '<>', except);
  if (exceptNewest !== undefined)
    return open.orderBy('created_at', 'desc').orderBy('id').limit(all).offset(exceptNewest);
  return id === undefined ? open : open.where('id', '=', id);
};
