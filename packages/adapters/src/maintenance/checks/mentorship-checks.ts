import { mentorshipStatuses, maxOpenRequests, sides } from '@mentorship/domain';
import { type RawBuilder, sql } from 'kysely';
import { active, requested } from '../../kysely/mentorships/mentorship-rows.ts';
import { type Check, queryCheck, rowsThat } from './check.ts';

/** Selects the groups that have more than `max` mentorships. */
const moreThan = (max: number, text: RawBuilder<unknown>, by: RawBuilder<unknown>, where: RawBuilder<unknown>) =>
  sql`select ${text} || ': ' || count(*) as wrong from mentorships where ${where} group by ${by}
    having count(*) > ${sql.lit(max)}`;

const literals = (values: readonly string[]) => sql.join(values.map((value) => sql.lit(value)));

/**
 * Removes, from the top down, all users whose mentors lead to no loop. Usually no user is left; otherwise the links of each
 * remaining user are followed upwards. Users with two mentors, which another rule forbids, are never removed.
 */
const loops = sql`
  with recursive
    links(mentee, mentor) as (select mentee_id, mentor_id from mentorships where status = ${active}),
    single(mentee, mentor) as materialized (select mentee, min(mentor) from links group by mentee having count(*) = 1),
    free(id) as (
      select mentor from links where mentor not in (select mentee from links)
      union select single.mentee from free join single on single.mentor = free.id
    ),
    bound(mentee, mentor) as materialized (
      select mentee, mentor from links where mentee not in (select id from free)
    ),
    above(start, at) as (
      select mentee, mentor from bound union select start, mentor from above join bound on bound.mentee = above.at
    )
  select distinct 'user ' || start || ' is their own mentor, directly or indirectly' as wrong from above where start = at`;

const begun = literals(['active', 'completed', 'ended']);
const open = literals(['requested', 'active']);

export const mentorshipChecks: readonly Check[] = [
  queryCheck(
    'a mentee has at most one active mentor',
    moreThan(1, sql`'active mentors of user ' || mentee_id`, sql`mentee_id`, sql`status = ${active}`),
  ),
  queryCheck('no mentor loops', loops),
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
