import {
  type Mentorship,
  type MentorshipId,
  type MentorshipStatus,
  type NamedMentorship,
  type NewMentorship,
  type Side,
  type UserId,
  type Username,
} from '@mentorship/domain';
import { type Kysely, type Selectable, sql } from 'kysely';
import { fromText, toText } from '../schema/timestamp.ts';
import type { Schema } from '../schema/schema.ts';
import { preparedQuery } from '../engine/prepared-query.ts';

/** Statuses as the indexes name them: only a literal tells the databases that an index of some rows has all it needs. */
export const active = sql.lit('active');
export const requested = sql.lit('requested');

type Row = Selectable<Schema['mentorships']>;

const moment = (text: string | null) => (text === null ? null : fromText(text));

export const toMentorship = (row: Row): Mentorship => ({
  id: row.id as MentorshipId,
  menteeId: row.mentee_id as UserId,
  mentorId: row.mentor_id as UserId,
  status: row.status as MentorshipStatus,
  requestedBy: row.requested_by as Side,
  message: row.message,
  reason: row.reason,
  createdAt: fromText(row.created_at),
  expiresAt: moment(row.expires_at),
  startedAt: moment(row.started_at),
  endedAt: moment(row.ended_at),
  version: row.version,
});

const text = (at: number | null) => (at === null ? null : toText(at));

export const toRow = (mentorship: NewMentorship) => ({
  mentee_id: mentorship.menteeId,
  mentor_id: mentorship.mentorId,
  status: mentorship.status,
  requested_by: mentorship.requestedBy,
  message: mentorship.message,
  reason: mentorship.reason,
  created_at: toText(mentorship.createdAt),
  expires_at: text(mentorship.expiresAt),
  started_at: text(mentorship.startedAt),
  ended_at: text(mentorship.endedAt),
  version: mentorship.version,
});

/** Mentorships with the names of their sides, also of those whose account has ended. */
export const namedMentorships = (db: Kysely<Schema>) =>
  db
    .selectFrom('mentorships')
    .innerJoin('users as mentor', 'mentor.id', 'mentorships.mentor_id')
    .innerJoin('users as mentee', 'mentee.id', 'mentorships.mentee_id')
    .selectAll('mentorships')
    .select(['mentor.username as mentor_username', 'mentee.username as mentee_username']);

export const namedMentorship = preparedQuery((db, { id }: { id: number }) =>
  namedMentorships(db).where('mentorships.id', '=', id),
);

export const toNamedMentorship = (
  row: Row & { mentor_username: string; mentee_username: string },
): NamedMentorship => ({
  ...toMentorship(row),
  mentorUsername: row.mentor_username as Username,
  menteeUsername: row.mentee_username as Username,
});
