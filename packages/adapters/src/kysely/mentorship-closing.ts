import type { MentorshipRepository } from '@mentorship/application';
import { closingReasons, type Instant } from '@mentorship/domain';
import { type Kysely, sql } from 'kysely';
import { toText } from './instant.ts';
import { active, requested } from './mentorship-records.ts';
import type { Schema } from './schema.ts';

/** What closes many mentorships at a time: a statement each, however many they are. */
export const kyselyMentorshipClosing = (
  db: Kysely<Schema>,
): Pick<MentorshipRepository, 'expireRequests' | 'cancelRequests' | 'closeAll' | 'forgetWords'> => ({
  async expireRequests({ mentee, at }) {
    await closeRequests(db, at, null).where('mentee_id', '=', mentee).where('expires_at', '<=', toText(at)).execute();
  },

  async cancelRequests({ mentee, reason, at }) {
    await closeRequests(db, at, reason).where('mentee_id', '=', mentee).execute();
  },

  async closeAll({ user, reason, at }) {
    for (const side of ['mentee_id', 'mentor_id'] as const) {
      await closeRequests(db, at, reason).where(side, '=', user).execute();
      await db
        .updateTable('mentorships')
        .set(({ eb }) => ({ status: 'ended', reason, ended_at: toText(at), version: eb('version', '+', 1) }))
        .where(side, '=', user)
        .where('status', '=', active)
        .execute();
    }
  },

  async forgetWords(user) {
    for (const side of ['mentee_id', 'mentor_id'] as const)
      await db
        .updateTable('mentorships')
        .set(({ eb }) => ({
          message: null,
          reason: eb.case().when('reason', 'in', closingReasons).then(eb.ref('reason')).else(null).end(),
          version: eb('version', '+', 1),
        }))
        .where(side, '=', user)
        .execute();
  },
});

/** Closes open requests: those whose time is over have expired when it was, whatever closes the others now. */
const closeRequests = (db: Kysely<Schema>, at: Instant, reason: string | null) => {
  const over = sql<boolean>`expires_at <= ${toText(at)}`;
  return db
    .updateTable('mentorships')
    .set(({ eb }) => ({
      status: sql<string>`case when ${over} then 'expired' else 'cancelled' end`,
      ended_at: sql<string>`case when ${over} then expires_at else ${toText(at)} end`,
      reason: sql<string>`case when ${over} then null else ${reason} end`,
      version: eb('version', '+', 1),
    }))
    .where('status', '=', requested);
};
