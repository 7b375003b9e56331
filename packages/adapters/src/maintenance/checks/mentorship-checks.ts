import { mentorshipStatuses, maxOpenRequests, sides } from '@mentorship/domain';
import { type RawBuilder, sql } from 'kysely';
import { active, requested } from '../../kysely/mentorships/mentorship-rows.ts';
import { type Check, queryCheck, rowsThat } from './check.ts';

/** What is more than there may be, by whom it belongs to. */
const counted = (text: RawBuilder<unknown>, by: RawBuilder<unknown>, where: RawBuilder<unknown>, most: number) =>
  sql`select ${text} || ': ' || count(*) as wrong from mentorships where ${where} group by ${by}
    having count(*) > ${sql.lit(most)}`;

const lits = (values: readonly string[]) => sql.join(values.map((value) => sql.lit(value)));

/**
 * Takes away, from the top down, all whose mentors stand above no loop; what is left, which is nothing as a rule, is walked up
 * from everyone in it. Who has two mentors, which should not be, is left too.
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
  select distinct 'user ' || start || ' stands above themselves' as wrong from above where start = at`;

const begun = lits(['active', 'completed', 'ended']);
const open = lits(['requested', 'active']);

export const mentorshipChecks: readonly Check[] = [
  queryCheck(
    'a mentee has one active mentor at most',
    counted(sql`'active mentors of user ' || mentee_id`, sql`mentee_id`, sql`status = ${active}`, 1),
  ),
  queryCheck('nobody stands above themselves', loops),
  queryCheck(
    'no mentor has more mentees than they take',
    sql`select 'user ' || id || ' takes ' || mentor_capacity || ' and has ' || mentees as wrong from users
      join (select mentor_id, count(*) as mentees from mentorships where status = ${active} group by mentor_id) as taken
        on mentor_id = id where mentees > mentor_capacity`,
  ),
  queryCheck(
    'a mentor and a mentee have one open request at most',
    counted(
      sql`'open requests of mentee ' || mentee_id || ' and mentor ' || mentor_id`,
      sql`mentee_id, mentor_id`,
      sql`status = ${requested}`,
      1,
    ),
  ),
  queryCheck(
    `a mentee has sent ${maxOpenRequests} open requests at most`,
    counted(
      sql`'open requests that user ' || mentee_id || ' has sent'`,
      sql`mentee_id`,
      sql`status = ${requested} and requested_by = 'mentee'`,
      maxOpenRequests,
    ),
  ),
  queryCheck(
    'the columns of a mentorship say what its status says',
    rowsThat('mentorships', sql`'mentorship ' || id`, {
      'has a status that there is not': sql`status not in (${lits(mentorshipStatuses)})`,
      'was asked by neither side': sql`requested_by not in (${lits(sides)})`,
      'is with oneself': sql`mentee_id = mentor_id`,
      'has begun and has no beginning, or the other way round': sql`(started_at is not null) <> (status in (${begun}))`,
      'is over and has no end, or the other way round': sql`(ended_at is not null) <> (status not in (${open}))`,
      'is a request that never runs out': sql`status = ${requested} and expires_at is null`,
      'began before it was asked': sql`started_at < created_at`,
      'ended before it began': sql`ended_at < coalesce(started_at, created_at)`,
      'has no version': sql`version < 1`,
    }),
  ),
  queryCheck(
    'no change of a mentorship is later than the last one',
    sql`select 'mentorship ' || mentorships.id || ' has changed after ' || changed_at as wrong
      from mentorships cross join mentor_graph
      where created_at > changed_at or started_at > changed_at or ended_at > changed_at`,
  ),
];
