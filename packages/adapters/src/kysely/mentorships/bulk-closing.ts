import type { MentorshipRepository } from '@mentorship/application';
import { closingReasons } from '@mentorship/domain';
import { type Kysely, sql } from 'kysely';
import { toText } from '../schema/timestamp.ts';
import { active, requested } from './mentorship-rows.ts';
import type { Schema } from '../schema/schema.ts';
import { preparedQueryByShape, preparedQuery } from '../engine/prepared-query.ts';

type Closing = { user: number; at: string; reason: string | null };

/** What is done to all that a user has on one side. */
const closingOf = (side: 'mentee_id' | 'mentor_id') => ({
  /** Closes open requests: those whose time is over have expired when it was, whatever closes the others now. */
  closeRequests: preparedQueryByShape((db, { user, at, reason, onlyOver }: Closing & { onlyOver: boolean }) => {
    const over = sql<boolean>`expires_at <= ${at}`;
    return db
      .updateTable('mentorships')
      .set(({ eb }) => ({
        status: sql<string>`case when ${over} then 'expired' else 'cancelled' end`,
        ended_at: sql<string>`case when ${over} then expires_at else ${at} end`,
        reason: sql<string>`case when ${over} then null else ${reason} end`,
        version: eb('version', '+', 1),
      }))
      .where('status', '=', requested)
      .where(side, '=', user)
      .$if(onlyOver, (query) => query.where('expires_at', '<=', at));
  }),

  endActive: preparedQuery((db, { user, at, reason }: Closing) =>
    db
      .updateTable('mentorships')
      .set(({ eb }) => ({ status: 'ended', reason, ended_at: at, version: eb('version', '+', 1) }))
      .where(side, '=', user)
      .where('status', '=', active),
  ),

  eraseMessages: preparedQuery((db, { user }: { user: number }) =>
    db
      .updateTable('mentorships')
      .set(({ eb }) => ({
        message: null,
        reason: eb.case().when('reason', 'in', closingReasons).then(eb.ref('reason')).else(null).end(),
        version: eb('version', '+', 1),
      }))
      .where(side, '=', user),
  ),
});

const asMentee = closingOf('mentee_id');
const asMentor = closingOf('mentor_id');

/** What closes many mentorships at a time: a statement each, however many they are. */
export const kyselyMentorshipClosing = (
  db: Kysely<Schema>,
): Pick<MentorshipRepository, 'expireRequests' | 'cancelRequests' | 'closeAll' | 'eraseMessages'> => ({
  async expireRequests({ mentee, at }) {
    await asMentee.closeRequests(db, { user: mentee, at: toText(at), reason: null, onlyOver: true });
  },

  async cancelRequests({ mentee, reason, at }) {
    await asMentee.closeRequests(db, { user: mentee, at: toText(at), reason, onlyOver: false });
  },

  async closeAll({ user, reason, at }) {
    const closing = { user, at: toText(at), reason };
    for (const { closeRequests, endActive } of [asMentee, asMentor]) {
      await closeRequests(db, { ...closing, onlyOver: false });
      await endActive(db, closing);
    }
  },

  async eraseMessages(user) {
    for (const { eraseMessages } of [asMentee, asMentor]) await eraseMessages(db, { user });
  },
});
