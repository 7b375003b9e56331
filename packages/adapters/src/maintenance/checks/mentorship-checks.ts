import { mentorshipStatuses, maxOpenRequests, sides } from '@mentorship/domain';
import { type RawBuilder, sql } from 'kysely';
import { active, requested } from '../../kysely/mentorships/mentorship-rows.ts';
import { type Check, queryCheck, rowsThat } from './check.ts';
import { findMentorLoops } from './mentor-loops.ts';

/** Selects the groups that have more than `max` mentorships. */
const moreThan = (max: number, text: RawBuilder<unknown>, by: RawBuilder<unknown>, where: RawBuilder<unknown>) =>
  sql`select ${text} || ': ' || count(*) as wrong from mentorships where ${where} group by ${by}
    having count(*) > ${sql.lit(max)}`;

const literals = (values: readonly string[]) => sql.join(values.map((value) => sql.lit(value)));

const begun = literals(['active', 'completed', 'ended']);
const open = literals(['requested', 'active']);

export const mentorshipChecks: readonly Check[] = [
  queryCheck(
    'a mentee has at most one active mentor',
    moreThan(1, sql`'active mentors of user ' || mentee_id`, sql`mentee_id`, sql`status = ${active}`),
  ),
  { title: 'no mentor loops', find: findMentorLoops },
  queryCheck(
    'no mentor has more mentees than their capacity',
    sql`select 'user ' || id || ': capacity ' || mentor_capacity || ', mentees ' || mentees as wrong from users
      join (select mentor_id, count(*) as mentees from mentorships where status = ${active} group by mentor_id) as taken
        on mentor_id = id where mentees > mentor_capacity`,
  ),
  queryCheck(
    'a mentor and a mentee have at most one open request',
    moreThan(
      1,
      sql`'open requests of mentee ' || mentee_id || ' and mentor ' || mentor_id`,
      sql`mentee_id, mentor_id`,
      sql`status = ${requested}`,
    ),
  ),
  queryCheck(
    `a mentee has sent at most ${maxOpenRequests.mentee} open requests`,
    moreThan(
      maxOpenRequests.mentee,
      sql`'open requests that user ' || mentee_id || ' has sent'`,
      sql`mentee_id`,
      sql`status = ${requested} and requested_by = 'mentee'`,
    ),
  ),
  queryCheck(
    'the columns of a mentorship agree with its status',
    rowsThat('mentorships', sql`'mentorship ' || id`, {
      'has an unknown status': sql`status not in (${literals(mentorshipStatuses)})`,
      'was requested by neither side': sql`requested_by not in (${literals(sides)})`,
      'has the same mentor and mentee': sql`mentee_id = mentor_id`,
      'has a status that disagrees with its start': sql`(started_at is not null) <> (status in (${begun}))`,
      'has a status that disagrees with its end': sql`(ended_at is not null) <> (status not in (${open}))`,
      'is a request that never expires': sql`status = ${requested} and expires_at is null`,
      'began before it was requested': sql`started_at < created_at`,
      'ended before it began': sql`ended_at < coalesce(started_at, created_at)`,
      'has no version': sql`version < 1`,
    }),
  ),
  queryCheck(
    'no mentorship changed after the last recorded change',
    sql`select 'mentorship ' || mentorships.id || ' changed after ' || changed_at as wrong
      from mentorships cross join mentor_graph
      where created_at > changed_at or started_at > changed_at or ended_at > changed_at`,
  ),
];
