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
import { fromNullableTimestamp, fromTimestamp, toNullableTimestamp, toTimestamp } from '../schema/timestamp.ts';
import type { Schema } from '../schema/schema.ts';
import { preparedQuery, type Placeholders } from '../engine/prepared-query.ts';

/** Statuses as literals: a database uses a partial index only where the query repeats the literal of the index. */
export const active = sql.lit('active');
export const requested = sql.lit('requested');

type Row = Selectable<Schema['mentorships']>;

export const toMentorship = (row: Row): Mentorship => ({
  id: row.id as MentorshipId,
  menteeId: row.mentee_id as UserId,
  mentorId: row.mentor_id as UserId,
  status: row.status as MentorshipStatus,
  requestedBy: row.requested_by as Side,
  message: row.message,
  reason: row.reason,
  createdAt: fromTimestamp(row.created_at),
  expiresAt: fromNullableTimestamp(row.expires_at),
  startedAt: fromNullableTimestamp(row.started_at),
  endedAt: fromNullableTimestamp(row.ended_at),
  version: row.version,
});

export const toRow = (mentorship: NewMentorship) => ({
  mentee_id: mentorship.menteeId,
  mentor_id: mentorship.mentorId,
  status: mentorship.status,
  requested_by: mentorship.requestedBy,
  message: mentorship.message,
  reason: mentorship.reason,
  created_at: toTimestamp(mentorship.createdAt),
  expires_at: toNullableTimestamp(mentorship.expiresAt),
  started_at: toNullableTimestamp(mentorship.startedAt),
  ended_at: toNullableTimestamp(mentorship.endedAt),
  version: mentorship.version,
});

/** Mentorships with the usernames of mentor and mentee, including ended accounts. */
export const namedMentorships = (db: Kysely<Schema>) =>
  db
    .selectFrom('mentorships')
    .innerJoin('users as mentor', 'mentor.id', 'mentorships.mentor_id')
    .innerJoin('users as mentee', 'mentee.id', 'mentorships.mentee_id')
    .selectAll('mentorships')
    .select(['mentor.username as mentor_username', 'mentee.username as mentee_username']);

export const namedMentorship = preparedQuery((db, { id }: Placeholders<{ id: number }>) =>
  namedMentorships(db).where('mentorships.id', '=', id),
);

export const toNamedMentorship = (
  row: Row & { mentor_username: string; mentee_username: string },
): NamedMentorship => ({
  ...toMentorship(row),
  mentorUsername: row.mentor_username as Username,
  menteeUsername: row.mentee_username as Username,
});
