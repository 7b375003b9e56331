-- Made by `npx -y pnpm@12 queries` from the calls in tests/support/store. To change a query, change the adapter, run it, review.

-- mentorships.lockGraph
update "mentor_graph"
set "version" = "version" + $1
returning "changed_at";

update "mentor_graph"
set "changed_at" = $1;

-- mentorships.find
select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where "mentorships"."id" = $1;

-- mentorships.activeOf
select *
from "mentorships"
where "mentee_id" = $1
  and "status" = 'active';

-- mentorships.openRequest
select *
from "mentorships"
where "mentee_id" = $1
  and "mentor_id" = $2
  and "status" = 'requested';

-- mentorships.countSentRequests
select count(*) as "count"
from "mentorships"
where "mentor_id" = $1
  and "status" = 'requested'
  and "requested_by" = $2
  and "expires_at" > $3;

select count(*) as "count"
from "mentorships"
where "mentee_id" = $1
  and "status" = 'requested'
  and "requested_by" = $2
  and "expires_at" > $3;

-- mentorships.countMentees
select count(*) as "count"
from "mentorships"
where "mentor_id" = $1
  and "status" = 'active';

-- mentorships.mentorsAbove
with recursive "above"("id", "steps") as (
  select "mentor_id" as "id", 1 as "steps"
  from "mentorships"
  where "mentee_id" = $1
    and "status" = 'active'
  union all
  select "mentorships"."mentor_id" as "id", "above"."steps" + $2 as "steps"
  from "above"
  inner join "mentorships" on "mentorships"."mentee_id" = "above"."id"
  where "mentorships"."status" = 'active'
)
select "id"
from "above"
order by "steps";

-- mentorships.add
insert into "mentorships" ("mentee_id", "mentor_id", "status", "requested_by", "message", "reason", "created_at", "expires_at", "started_at", "ended_at", "version")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
returning "id";

-- mentorships.save
update "mentorships"
set "status" = $1,
  "reason" = $2,
  "started_at" = $3,
  "ended_at" = $4,
  "version" = $5
where "id" = $6
  and "version" = $7
returning "id";

-- mentorships.expireRequests
update "mentorships"
set "status" = case when expires_at <= $1 then 'expired' else 'cancelled' end,
  "ended_at" = case when expires_at <= $2 then expires_at else $3 end,
  "reason" = case when expires_at <= $4 then null else $5 end,
  "version" = "version" + $6
where "status" = 'requested'
  and "mentee_id" = $7
  and "expires_at" <= $8;

-- mentorships.cancelRequests
update "mentorships"
set "status" = case when expires_at <= $1 then 'expired' else 'cancelled' end,
  "ended_at" = case when expires_at <= $2 then expires_at else $3 end,
  "reason" = case when expires_at <= $4 then null else $5 end,
  "version" = "version" + $6
where "status" = 'requested'
  and "mentee_id" = $7;

-- mentorships.closeAll
update "mentorships"
set "status" = case when expires_at <= $1 then 'expired' else 'cancelled' end,
  "ended_at" = case when expires_at <= $2 then expires_at else $3 end,
  "reason" = case when expires_at <= $4 then null else $5 end,
  "version" = "version" + $6
where "status" = 'requested'
  and "mentee_id" = $7;

update "mentorships"
set "status" = $1,
  "reason" = $2,
  "ended_at" = $3,
  "version" = "version" + $4
where "mentee_id" = $5
  and "status" = 'active';

update "mentorships"
set "status" = case when expires_at <= $1 then 'expired' else 'cancelled' end,
  "ended_at" = case when expires_at <= $2 then expires_at else $3 end,
  "reason" = case when expires_at <= $4 then null else $5 end,
  "version" = "version" + $6
where "status" = 'requested'
  and "mentor_id" = $7;

update "mentorships"
set "status" = $1,
  "reason" = $2,
  "ended_at" = $3,
  "version" = "version" + $4
where "mentor_id" = $5
  and "status" = 'active';

-- mentorships.eraseMessages
update "mentorships"
set "message" = $1,
  "reason" = case when "reason" in ($2, $3, $4, $5) then "reason" else null end,
  "version" = "version" + $6
where "mentee_id" = $7;

update "mentorships"
set "message" = $1,
  "reason" = case when "reason" in ($2, $3, $4, $5) then "reason" else null end,
  "version" = "version" + $6
where "mentor_id" = $7;

-- mentorships.pruneMessages
select "id"
from "mentorships"
where "started_at" is null
  and (message is not null
  or reason not in ('replaced', 'removed', 'matched', 'account_ended'))
  and "ended_at" <= $1
limit $2
for update skip locked;

select "id"
from "mentorships"
where "started_at" is null
  and (message is not null
  or reason not in ('replaced', 'removed', 'matched', 'account_ended'))
  and "ended_at" is null
  and "expires_at" <= $1
limit $2
for update skip locked;

update "mentorships"
set "message" = $1,
  "reason" = case when "reason" in ($2, $3, $4, $5) then "reason" else null end,
  "version" = "version" + $6
where "id" in ($7, $8, $9);

-- mentorshipDirectory.lastChange
select "changed_at"
from "mentor_graph";

-- mentorshipDirectory.find
select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where "mentorships"."id" = $1;

-- mentorshipDirectory.between
select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where (("mentorships"."mentor_id" = $1 and "mentorships"."mentee_id" = $2) or ("mentorships"."mentor_id" = $3 and "mentorships"."mentee_id" = $4))
order by "mentorships"."id" desc
limit $5;

select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where (("mentorships"."mentor_id" = $1 and "mentorships"."mentee_id" = $2) or ("mentorships"."mentor_id" = $3 and "mentorships"."mentee_id" = $4))
  and "mentorships"."id" < $5
order by "mentorships"."id" desc
limit $6;

-- mentorshipDirectory.mentees
select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username", (
  select 1 as "one"
  from "mentorships" as "below"
  where "below"."mentor_id" = "mentorships"."mentee_id"
    and "below"."started_at" <= $1
    and ("below"."ended_at" is null or "below"."ended_at" > $2)
  limit $3
) as "has_mentees"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where "mentorships"."started_at" <= $4
  and ("mentorships"."ended_at" is null or "mentorships"."ended_at" > $5)
  and "mentorships"."mentor_id" = $6
  and "mentorships"."mentee_id" > $7
order by "mentorships"."mentee_id"
limit $8;

-- mentorshipDirectory.links
select "mentee_id"
from "mentorships"
where "mentee_id" > $1
order by "mentee_id"
limit $2
offset $3;

select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username", (
  select 1 as "one"
  from "mentorships" as "below"
  where "below"."mentor_id" = "mentorships"."mentee_id"
    and "below"."started_at" <= $1
    and ("below"."ended_at" is null or "below"."ended_at" > $2)
  limit $3
) as "has_mentees"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where "mentorships"."started_at" <= $4
  and ("mentorships"."ended_at" is null or "mentorships"."ended_at" > $5)
  and "mentorships"."mentee_id" > $6
  and "mentee"."id" > $7
  and "mentorships"."mentee_id" <= $8
order by "mentorships"."mentee_id"
limit $9;

-- mentorshipDirectory.list
-- (and 752 more that combine these lines; SHA-256 of all: 461c3024aca83ac2)
select "mentorships".*, "mentor"."username" as "mentor_username", "mentee"."username" as "mentee_username"
from "mentorships"
inner join "users" as "mentor" on "mentor"."id" = "mentorships"."mentor_id"
inner join "users" as "mentee" on "mentee"."id" = "mentorships"."mentee_id"
where "mentorships"."id" in (
  select "id"
  from (
    select "id"
    from "mentorships"
    where "mentor_id" = $1
      and "status" = 'requested'
      and "expires_at" > $2
    order by "id" desc
    limit $3
  ) as "part"
  order by "id" desc
  limit $4
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
    where "mentor_id" = $1
      and "status" = 'requested'
      and "expires_at" > $2
      and "id" < $3
    order by "id" desc
    limit $4
  ) as "part"
  order by "id" desc
  limit $5
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
    where "mentor_id" = $1
      and "status" = 'active'
    order by "id" desc
    limit $2
  ) as "part"
  order by "id" desc
  limit $3
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
    where "mentor_id" = $1
      and "status" = 'requested'
      and "expires_at" > $2
    order by "id" desc
    limit $3
  ) as "part"
  union all
  select "id"
  from (
    select "id"
    from "mentorships"
    where "mentor_id" = $4
      and "status" = 'active'
    order by "id" desc
    limit $5
  ) as "part"
  order by "id" desc
  limit $6
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
    where "mentor_id" = $1
      and "status" = 'declined'
    order by "id" desc
    limit $2
  ) as "part"
  order by "id" desc
  limit $3
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
    where "mentor_id" = $1
      and "status" = 'cancelled'
    order by "id" desc
    limit $2
  ) as "part"
  order by "id" desc
  limit $3
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
    where "mentor_id" = $1
      and "status" = 'expired'
    order by "id" desc
    limit $2
  ) as "part"
  union all
  select "id"
  from (
    select "id"
    from "mentorships"
    where "mentor_id" = $3
      and "status" = 'requested'
      and "expires_at" <= $4
    order by "id" desc
    limit $5
  ) as "part"
  order by "id" desc
  limit $6
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
    where "mentor_id" = $1
      and "status" = 'completed'
    order by "id" desc
    limit $2
  ) as "part"
  order by "id" desc
  limit $3
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
    where "mentor_id" = $1
      and "status" = 'ended'
    order by "id" desc
    limit $2
  ) as "part"
  order by "id" desc
  limit $3
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
    where "mentee_id" = $1
      and "status" = 'requested'
      and "expires_at" > $2
    order by "id" desc
    limit $3
  ) as "part"
  order by "id" desc
  limit $4
)
order by "mentorships"."id" desc;
