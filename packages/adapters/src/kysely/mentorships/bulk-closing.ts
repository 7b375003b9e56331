import type { MentorshipRepository } from '@mentorship/application';
import { type Kysely, sql } from 'kysely';
import { toTimestamp } from '../schema/timestamp.ts';
import { withoutWords } from './mentorship-words.ts';
import { active, requested } from './mentorship-rows.ts';
import type { Schema } from '../schema/schema.ts';
import { preparedQueryByShape, preparedQuery, type Placeholders } from '../engine/prepared-query.ts';

type Closing = { user: number; at: string; reason: string | null };

/** The queries that change all mentorships in which a user is on this side. */
const closingOf = (side: 'mentee_id' | 'mentor_id') => ({
  /** Closes open requests. One past its `expires_at` has expired at that time; `reason` closes only the others. */
  closeRequests: preparedQueryByShape(
    (db, { user, at, reason, onlyExpired }: Placeholders<Closing & { onlyExpired: boolean }>) => {
      const expired = sql<boolean>`expires_at <= ${at}`;
      return db
        .updateTable('mentorships')
        .set(({ eb }) => ({
          status: sql<string>`case when ${expired} then 'expired' else 'cancelled' end`,
          ended_at: sql<string>`case when ${expired} then expires_at else ${at} end`,
          reason: sql<string>`case when ${expired} then null else ${reason} end`,
          version: eb('version', '+', 1),
        }))
        .where('status', '=', requested)
        .where(side, '=', user)
        .$if(onlyExpired, (query) => query.where('expires_at', '<=', at));
    },
  ),

  endActive: preparedQuery((db, { user, at, reason }: Placeholders<Closing>) =>
    db
      .updateTable('mentorships')
      .set(({ eb }) => ({ status: 'ended', reason, ended_at: at, version: eb('version', '+', 1) }))
      .where(side, '=', user)
      .where('status', '=', active),
  ),

  eraseMessages: preparedQuery((db, { user }: Placeholders<{ user: number }>) =>
    db.updateTable('mentorships').set(withoutWords).where(side, '=', user),
  ),
});

const asMentee = closingOf('mentee_id');
const asMentor = closingOf('mentor_id');

/** Closes many mentorships at once: the number of queries does not depend on the number of mentorships. */
export const kyselyMentorshipClosing = (
  db: Kysely<Schema>,
): Pick<MentorshipRepository, 'expireRequests' | 'cancelRequests' | 'closeAll' | 'eraseMessages'> => ({
  async expireRequests({ mentee, at }) {
    await asMentee.closeRequests(db, { user: mentee, at: toTimestamp(at), reason: null, onlyExpired: true });
  },

  async cancelRequests({ mentee, reason, at }) {
    await asMentee.closeRequests(db, { user: mentee, at: toTimestamp(at), reason, onlyExpired: false });
  },

  async closeAll({ user, reason, at }) {
    const closing = { user, at: toTimestamp(at), reason };
    for (const { closeRequests, endActive } of [asMentee, asMentor]) {
      await closeRequests(db, { ...closing, onlyExpired: false });
      await endActive(db, closing);
    }
  },

  async eraseMessages(user) {
    for (const { eraseMessages } of [asMentee, asMentor]) await eraseMessages(db, { user });
  },
});
