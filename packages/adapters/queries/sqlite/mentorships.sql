-- Made by `npx -y pnpm@12 queries` from the calls in tests/support/store. To change a query, change the adapter, run it, review.

-- mentorships.lockGraph
update "mentor_graph"
set "version" = "version" + +?
returning "changed_at";

update "mentor_graph"
set "changed_at" = +?;

-- mentorships.find
select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where "mentorships"."id" = +?;

-- mentorships.activeOf
select *
from "mentorships"
where "mentee_id" = +?
  and "status" = 'active';

-- mentorships.openRequest
select *
from "mentorships"
where "mentee_id" = +?
  and "mentor_id" = +?
  and "status" = 'requested';

-- mentorships.countSentRequests
select count(*) as "count"
from "mentorships"
where "mentor_id" = +?
  and "status" = 'requested'
  and "requested_by" = +?
  and "expires_at" > +?;

select count(*) as "count"
from "mentorships"
where "mentee_id" = +?
  and "status" = 'requested'
  and "requested_by" = +?
  and "expires_at" > +?;

-- mentorships.countMentees
select count(*) as "count"
from "mentorships"
where "mentor_id" = +?
  and "status" = 'active';

-- mentorships.mentorsAbove
with recursive "above"("id", "steps") as (
  select "mentor_id" as "id", 1 as "steps"
  from "mentorships"
  where "mentee_id" = +?
    and "status" = 'active'
  union all
  select "mentorships"."mentor_id" as "id", "above"."steps" + +? as "steps"
  from "above"
  inner join "mentorships" on "mentorships"."mentee_id" = "above"."id"
  where "mentorships"."status" = 'active'
)
select "id"
from "above"
order by "steps";

-- mentorships.add
insert into "mentorships" ("mentee_id", "mentor_id", "status", "requested_by", "message", "reason", "created_at", "expires_at", "started_at", "ended_at", "version")
values (+?, +?, +?, +?, +?, +?, +?, +?, +?, +?, +?)
returning "id";

-- mentorships.save
update "mentorships"
set "status" = +?,
  "reason" = +?,
  "started_at" = +?,
  "ended_at" = +?,
  "version" = +?
where "id" = +?
  and "version" = +?
returning "id";

-- mentorships.expireRequests
update "mentorships"
set "status" = case when expires_at <= +? then 'expired' else 'cancelled' end,
  "ended_at" = case when expires_at <= +? then expires_at else +? end,
  "reason" = case when expires_at <= +? then null else +? end,
  "version" = "version" + +?
where "status" = 'requested'
  and "mentee_id" = +?
  and "expires_at" <= +?;

-- mentorships.cancelRequests
update "mentorships"
set "status" = case when expires_at <= +? then 'expired' else 'cancelled' end,
  "ended_at" = case when expires_at <= +? then expires_at else +? end,
  "reason" = case when expires_at <= +? then null else +? end,
  "version" = "version" + +?
where "status" = 'requested'
  and "mentee_id" = +?;

-- mentorships.closeAll
update "mentorships"
set "status" = case when expires_at <= +? then 'expired' else 'cancelled' end,
  "ended_at" = case when expires_at <= +? then expires_at else +? end,
  "reason" = case when expires_at <= +? then null else +? end,
  "version" = "version" + +?
where "status" = 'requested'
  and "mentee_id" = +?;

update "mentorships"
set "status" = +?,
  "reason" = +?,
  "ended_at" = +?,
  "version" = "version" + +?
where "mentee_id" = +?
  and "status" = 'active';

update "mentorships"
set "status" = case when expires_at <= +? then 'expired' else 'cancelled' end,
  "ended_at" = case when expires_at <= +? then expires_at else +? end,
  "reason" = case when expires_at <= +? then null else +? end,
  "version" = "version" + +?
where "status" = 'requested'
  and "mentor_id" = +?;

update "mentorships"
set "status" = +?,
  "reason" = +?,
  "ended_at" = +?,
  "version" = "version" + +?
where "mentor_id" = +?
  and "status" = 'active';

-- mentorships.eraseMessages
update "mentorships"
set "message" = +?,
  "reason" = case when "reason" in (+?, +?, +?, +?) then "reason" else null end,
  "version" = "version" + +?
where "mentee_id" = +?;

update "mentorships"
set "message" = +?,
  "reason" = case when "reason" in (+?, +?, +?, +?) then "reason" else null end,
  "version" = "version" + +?
where "mentor_id" = +?;

-- mentorships.pruneMessages
select "id"
from "mentorships"
where "started_at" is null
  and (message is not null
  or reason not in ('replaced', 'removed', 'matched', 'account_ended'))
  and "ended_at" <= +?
limit +?;

select "id"
from "mentorships"
where "started_at" is null
  and (message is not null
  or reason not in ('replaced', 'removed', 'matched', 'account_ended'))
  and "ended_at" is null
  and "expires_at" <= +?
limit +?;

update "mentorships"
set "message" = +?,
  "reason" = case when "reason" in (+?, +?, +?, +?) then "reason" else null end,
  "version" = "version" + +?
where "id" in (+?, +?, +?);

-- mentorshipDirectory.lastChange
select "changed_at"
from "mentor_graph";

-- mentorshipDirectory.find
select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where "mentorships"."id" = +?;

-- mentorshipDirectory.between
select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where (("mentorships"."mentor_id" = +? and "mentorships"."mentee_id" = +?) or ("mentorships"."mentor_id" = +? and "mentorships"."mentee_id" = +?))
order by "mentorships"."id" desc
limit +?;

select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where (("mentorships"."mentor_id" = +? and "mentorships"."mentee_id" = +?) or ("mentorships"."mentor_id" = +? and "mentorships"."mentee_id" = +?))
  and "mentorships"."id" < +?
order by "mentorships"."id" desc
limit +?;

-- mentorshipDirectory.mentees
select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username", (
  select 1 as "one"
  from "mentorships" as "below"
  where "below"."mentor_id" = "mentorships"."mentee_id"
    and "below"."started_at" <= +?
    and ("below"."ended_at" is null or "below"."ended_at" > +?)
  limit +?
) as "has_mentees"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where "mentorships"."started_at" <= +?
  and ("mentorships"."ended_at" is null or "mentorships"."ended_at" > +?)
  and "mentorships"."mentor_id" = +?
  and "mentorships"."mentee_id" > +?
order by "mentorships"."mentee_id"
limit +?;

-- mentorshipDirectory.links
select "mentee_id"
from "mentorships"
where "mentee_id" > +?
order by "mentee_id"
limit +?
offset +?;

select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username", (
  select 1 as "one"
  from "mentorships" as "below"
  where "below"."mentor_id" = "mentorships"."mentee_id"
    and "below"."started_at" <= +?
    and ("below"."ended_at" is null or "below"."ended_at" > +?)
  limit +?
) as "has_mentees"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where "mentorships"."started_at" <= +?
  and ("mentorships"."ended_at" is null or "mentorships"."ended_at" > +?)
  and "mentorships"."mentee_id" > +?
  and "mentee"."id" > +?
  and "mentorships"."mentee_id" <= +?
order by "mentorships"."mentee_id"
limit +?;

-- mentorshipDirectory.list
-- (and 752 more that combine these lines; SHA-256 of all: 815df84814f8ebdb)
select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where "mentorships"."id" in (
  select "id"
  from (
    select "id"
    from "mentorships"
    where "mentor_id" = +?
      and "status" = 'requested'
      and "expires_at" > +?
    order by "id" desc
    limit +?
  ) as "part"
  order by "id" desc
  limit +?
)
order by "mentorships"."id" desc;

select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where "mentorships"."id" in (
  select "id"
  from (
    select "id"
    from "mentorships"
    where "mentor_id" = +?
      and "status" = 'requested'
      and "expires_at" > +?
      and "id" < +?
    order by "id" desc
    limit +?
  ) as "part"
  order by "id" desc
  limit +?
)
order by "mentorships"."id" desc;

select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where "mentorships"."id" in (
  select "id"
  from (
    select "id"
    from "mentorships"
    where "mentor_id" = +?
      and "status" = 'active'
    order by "id" desc
    limit +?
  ) as "part"
  order by "id" desc
  limit +?
)
order by "mentorships"."id" desc;

select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where "mentorships"."id" in (
  select "id"
  from (
    select "id"
    from "mentorships"
    where "mentor_id" = +?
      and "status" = 'requested'
      and "expires_at" > +?
    order by "id" desc
    limit +?
  ) as "part"
  union all
  select "id"
  from (
    select "id"
    from "mentorships"
    where "mentor_id" = +?
      and "status" = 'active'
    order by "id" desc
    limit +?
  ) as "part"
  order by "id" desc
  limit +?
)
order by "mentorships"."id" desc;

select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where "mentorships"."id" in (
  select "id"
  from (
    select "id"
    from "mentorships"
    where "mentor_id" = +?
      and "status" = 'declined'
    order by "id" desc
    limit +?
  ) as "part"
  order by "id" desc
  limit +?
)
order by "mentorships"."id" desc;

select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where "mentorships"."id" in (
  select "id"
  from (
    select "id"
    from "mentorships"
    where "mentor_id" = +?
      and "status" = 'cancelled'
    order by "id" desc
    limit +?
  ) as "part"
  order by "id" desc
  limit +?
)
order by "mentorships"."id" desc;

select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where "mentorships"."id" in (
  select "id"
  from (
    select "id"
    from "mentorships"
    where "mentor_id" = +?
      and "status" = 'expired'
    order by "id" desc
    limit +?
  ) as "part"
  union all
  select "id"
  from (
    select "id"
    from "mentorships"
    where "mentor_id" = +?
      and "status" = 'requested'
      and "expires_at" <= +?
    order by "id" desc
    limit +?
  ) as "part"
  order by "id" desc
  limit +?
)
order by "mentorships"."id" desc;

select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where "mentorships"."id" in (
  select "id"
  from (
    select "id"
    from "mentorships"
    where "mentor_id" = +?
      and "status" = 'completed'
    order by "id" desc
    limit +?
  ) as "part"
  order by "id" desc
  limit +?
)
order by "mentorships"."id" desc;

select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where "mentorships"."id" in (
  select "id"
  from (
    select "id"
    from "mentorships"
    where "mentor_id" = +?
      and "status" = 'ended'
    order by "id" desc
    limit +?
  ) as "part"
  order by "id" desc
  limit +?
)
order by "mentorships"."id" desc;

select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where "mentorships"."id" in (
  select "id"
  from (
    select "id"
    from "mentorships"
    where "mentee_id" = +?
      and "status" = 'requested'
      and "expires_at" > +?
    order by "id" desc
    limit +?
  ) as "part"
  order by "id" desc
  limit +?
)
order by "mentorships"."id" desc;
