-- Made by `npx -y pnpm@12 queries` from the calls in tests/support/store. To change a query, change the adapter, run it, review.

-- users.add
insert into "users" ("username", "username_key", "email", "phone", "password_hash", "created_at")
values ($1, $2, $3, $4, $5, $6)
on conflict ("username_key") do nothing
returning "id";

insert into "user_networks" ("user_id", "network", "last_login_at")
values ($1, $2, $3)
on conflict ("user_id", "network") do update
set "last_login_at" = $4;

-- users.find
select *
from "users"
where "username_key" = $1
  and "ended_at" is null;

-- users.findById
select *
from "users"
where "id" = $1
  and "ended_at" is null;

-- users.detail
select "users"."username", "users"."email", "users"."phone", "users"."password_hash", "users"."mentor_policy", "users"."mentor_capacity", "users"."bio", "users"."skills", (
  select "mentor"."username"
  from "mentorships" as "link"
  inner join "users" as "mentor" on "mentor"."id" = "link"."mentor_id"
  where "link"."mentee_id" = "users"."id"
    and "link"."status" = 'active'
) as "mentor_username", "mentee"."id" as "mentee_id", "mentee"."username" as "mentee_username"
from "users"
left join (
  select "mentor_id", "mentee_id"
  from "mentorships"
  where "mentor_id" = $1
    and "status" = 'active'
  order by "mentee_id"
  limit $2
) as "mentees" on "mentees"."mentor_id" = "users"."id"
left join "users" as "mentee" on "mentee"."id" = "mentees"."mentee_id"
where "users"."id" = $3
  and "users"."ended_at" is null
order by "mentees"."mentee_id";

-- users.change
-- (and 247 more that combine these lines; SHA-256 of all: 4d0ebb609fd31207)
update "users"
set "username" = "username"
where "id" = $1
  and "ended_at" is null
returning "id";

update "users"
set "username" = "username",
  "email" = $1
where "id" = $2
  and "ended_at" is null
returning "id";

update "users"
set "username" = "username",
  "phone" = $1
where "id" = $2
  and "ended_at" is null
returning "id";

update "users"
set "username" = "username",
  "password_hash" = $1
where "id" = $2
  and "ended_at" is null
returning "id";

update "users"
set "username" = "username",
  "mentor_policy" = $1
where "id" = $2
  and "ended_at" is null
returning "id";

update "users"
set "username" = "username",
  "mentor_policy" = coalesce(mentor_policy, 'open'),
  "mentor_capacity" = $1
where "id" = $2
  and "ended_at" is null
returning "id";

update "users"
set "username" = "username",
  "mentor_policy" = coalesce(mentor_policy, 'open'),
  "bio" = $1
where "id" = $2
  and "ended_at" is null
returning "id";

update "users"
set "username" = "username",
  "mentor_policy" = coalesce(mentor_policy, 'open'),
  "skills" = $1
where "id" = $2
  and "ended_at" is null
returning "id";

delete from "user_skills"
where "user_id" = $1;

insert into "user_skills" ("user_id", "skill_key")
values ($1, $2);

update "users"
set "username" = "username"
where "id" = $1
  and "ended_at" is null
  and "password_hash" = $2
returning "id";

-- users.recordLogin
update "users"
set "last_login_at" = $1
where "id" = $2
  and "password_hash" = $3
  and "ended_at" is null
  and "deactivated_at" is null
returning "id";

insert into "user_networks" ("user_id", "network", "last_login_at")
values ($1, $2, $3)
on conflict ("user_id", "network") do update
set "last_login_at" = $4;

delete from "user_networks"
where "user_id" = $1
  and "last_login_at" < (
  select "last_login_at"
  from "user_networks"
  where "user_id" = $2
  order by "last_login_at" desc
  limit $3
  offset $4
);

update "users"
set "last_login_at" = $1,
  "password_hash" = $2
where "id" = $3
  and "password_hash" = $4
  and "ended_at" is null
  and "deactivated_at" is null
returning "id";

-- users.deactivate
update "users"
set "deactivated_at" = $1
where "id" = $2
  and "deactivated_at" is null
  and "ended_at" is null
returning "id";

-- users.activate
update "users"
set "deactivated_at" = $1
where "id" = $2
  and "deactivated_at" is not null
  and "ended_at" is null
returning "id";

-- users.erase
update "users"
set "username" = $1,
  "username_key" = $2,
  "email" = $3,
  "phone" = $4,
  "ended_at" = $5,
  "password_hash" = $6,
  "last_login_at" = $7,
  "mentor_policy" = $8,
  "mentor_capacity" = $9,
  "bio" = $10,
  "skills" = $11
where "id" = $12
  and "password_hash" = $13
  and "ended_at" is null
returning "id";

delete from "user_networks"
where "user_id" = $1;

delete from "user_skills"
where "user_id" = $1;

-- userDirectory.list
-- (and 76 more that combine these lines; SHA-256 of all: 331a65a7221f5d39)
select "users"."id", "users"."username", (
  select "mentor"."username"
  from "mentorships" as "link"
  inner join "users" as "mentor" on "mentor"."id" = "link"."mentor_id"
  where "link"."mentee_id" = "users"."id"
    and "link"."status" = 'active'
) as "mentorUsername"
from (
  select "users"."id" as "id", "users"."username", "users"."ended_at"
  from "users"
  where "users"."id" > $1
  order by "users"."id"
  limit $2
) as "users"
where "users"."ended_at" is null
order by "users"."id"
limit $3;

select "users"."id", "users"."username", (
  select "mentor"."username"
  from "mentorships" as "link"
  inner join "users" as "mentor" on "mentor"."id" = "link"."mentor_id"
  where "link"."mentee_id" = "users"."id"
    and "link"."status" = 'active'
) as "mentorUsername"
from (
  select "own"."mentee_id" as "id", "users"."username", "users"."ended_at"
  from "users"
  inner join "mentorships" as "own" on "own"."mentee_id" = "users"."id"
    and "own"."mentee_id" > $1
    and "own"."status" = 'active'
  where "users"."id" > $2
    and "own"."mentor_id" = (
    select "id"
    from "users"
    where "username_key" = $3
      and "ended_at" is null
  )
  order by "own"."mentee_id"
  limit $4
) as "users"
where "users"."ended_at" is null
order by "users"."id"
limit $5;

select count(*) as "count"
from (
  select "username_key"
  from "users"
  where "username_key" >= $1
    and "username_key" < $2
  limit $3
) as "some";

select "users"."id", "users"."username", (
  select "mentor"."username"
  from "mentorships" as "link"
  inner join "users" as "mentor" on "mentor"."id" = "link"."mentor_id"
  where "link"."mentee_id" = "users"."id"
    and "link"."status" = 'active'
) as "mentorUsername"
from (
  select "users"."id" as "id", "users"."username", "users"."ended_at", "users"."username_key"
  from "users"
  where "users"."id" > $1
    and "users"."username_key" >= $2
    and "users"."username_key" < $3
  order by "users"."id"
  limit $4
) as "users"
where "users"."ended_at" is null
order by "users"."id"
limit $5;

select "users"."id", "users"."username", (
  select "mentor"."username"
  from "mentorships" as "link"
  inner join "users" as "mentor" on "mentor"."id" = "link"."mentor_id"
  where "link"."mentee_id" = "users"."id"
    and "link"."status" = 'active'
) as "mentorUsername"
from (
  select "users"."id" as "id", "users"."username", "users"."ended_at", "users"."username_key"
  from "users"
  where "users"."id" > $1
    and "users"."username_key" >= $2
    and "users"."username_key" < $3
  order by "users"."id"
  limit $4
) as "users"
where "users"."ended_at" is null
  and ((
  select "own"."id"
  from "mentorships" as "own"
  where "own"."mentee_id" = "users"."id"
    and "own"."status" = 'active'
    and "own"."mentor_id" = (
    select "id"
    from "users"
    where "username_key" = $5
      and "ended_at" is null
  )
  limit $6
)) is not null
order by "users"."id"
limit $7;

select "users"."id", "users"."username", (
  select "mentor"."username"
  from "mentorships" as "link"
  inner join "users" as "mentor" on "mentor"."id" = "link"."mentor_id"
  where "link"."mentee_id" = "users"."id"
    and "link"."status" = 'active'
) as "mentorUsername"
from (
  select "user_skills"."user_id" as "id", "users"."username", "users"."ended_at"
  from "users"
  inner join "user_skills" on "user_skills"."user_id" = "users"."id"
  where "users"."id" > $1
    and "user_skills"."user_id" > $2
    and "user_skills"."skill_key" = $3
  order by "user_skills"."user_id"
  limit $4
) as "users"
where "users"."ended_at" is null
order by "users"."id"
limit $5;

select "own"."mentee_id" as "id"
from "users"
inner join "mentorships" as "own" on "own"."mentee_id" = "users"."id"
  and "own"."mentee_id" > $1
  and "own"."status" = 'active'
where "users"."id" > $2
  and "own"."mentor_id" = (
  select "id"
  from "users"
  where "username_key" = $3
    and "ended_at" is null
)
order by "own"."mentee_id"
limit $4
offset $5;

select "users"."id", "users"."username", (
  select "mentor"."username"
  from "mentorships" as "link"
  inner join "users" as "mentor" on "mentor"."id" = "link"."mentor_id"
  where "link"."mentee_id" = "users"."id"
    and "link"."status" = 'active'
) as "mentorUsername"
from (
  select "own"."mentee_id" as "id", "users"."username", "users"."ended_at"
  from "users"
  inner join "mentorships" as "own" on "own"."mentee_id" = "users"."id"
    and "own"."mentee_id" > $1
    and "own"."status" = 'active'
  where "users"."id" > $2
    and "own"."mentor_id" = (
    select "id"
    from "users"
    where "username_key" = $3
      and "ended_at" is null
  )
  order by "own"."mentee_id"
  limit $4
) as "users"
where "users"."ended_at" is null
  and ((
  select "user_id"
  from "user_skills"
  where "user_id" = "users"."id"
    and "skill_key" = $5
  limit $6
)) is not null
order by "users"."id"
limit $7;

select "users"."id", "users"."username", (
  select "mentor"."username"
  from "mentorships" as "link"
  inner join "users" as "mentor" on "mentor"."id" = "link"."mentor_id"
  where "link"."mentee_id" = "users"."id"
    and "link"."status" = 'active'
) as "mentorUsername"
from (
  select "users"."id" as "id", "users"."username", "users"."ended_at", "users"."deactivated_at", "users"."mentor_policy", "users"."mentor_capacity", "users"."skills"
  from "users"
  where "users"."id" > $1
  order by "users"."id"
  limit $2
) as "users"
where "users"."ended_at" is null
  and "users"."deactivated_at" is null
  and coalesce(users.mentor_policy, '') <> 'closed'
  and ("users"."mentor_capacity" is null or "users"."mentor_capacity" > (
  select count(*) as "count"
  from "mentorships" as "mentee"
  where "mentee"."mentor_id" = "users"."id"
    and "mentee"."status" = 'active'
))
order by "users"."id"
limit $3;

select "users"."id", "users"."username", (
  select "mentor"."username"
  from "mentorships" as "link"
  inner join "users" as "mentor" on "mentor"."id" = "link"."mentor_id"
  where "link"."mentee_id" = "users"."id"
    and "link"."status" = 'active'
) as "mentorUsername"
from (
  select "own"."mentee_id" as "id", "users"."username", "users"."ended_at", "users"."deactivated_at", "users"."mentor_policy", "users"."mentor_capacity", "users"."skills"
  from "users"
  inner join "mentorships" as "own" on "own"."mentee_id" = "users"."id"
    and "own"."mentee_id" > $1
    and "own"."status" = 'active'
  where "users"."id" > $2
    and "own"."mentor_id" = (
    select "id"
    from "users"
    where "username_key" = $3
      and "ended_at" is null
  )
  order by "own"."mentee_id"
  limit $4
) as "users"
where "users"."ended_at" is null
  and "users"."deactivated_at" is null
  and coalesce(users.mentor_policy, '') <> 'closed'
  and ("users"."mentor_capacity" is null or "users"."mentor_capacity" > (
  select count(*) as "count"
  from "mentorships" as "mentee"
  where "mentee"."mentor_id" = "users"."id"
    and "mentee"."status" = 'active'
))
order by "users"."id"
limit $5;

select "users"."id", "users"."username", (
  select "mentor"."username"
  from "mentorships" as "link"
  inner join "users" as "mentor" on "mentor"."id" = "link"."mentor_id"
  where "link"."mentee_id" = "users"."id"
    and "link"."status" = 'active'
) as "mentorUsername"
from (
  select "users"."id" as "id", "users"."username", "users"."ended_at", "users"."username_key", "users"."deactivated_at", "users"."mentor_policy", "users"."mentor_capacity", "users"."skills"
  from "users"
  where "users"."id" > $1
    and "users"."username_key" >= $2
    and "users"."username_key" < $3
  order by "users"."id"
  limit $4
) as "users"
where "users"."ended_at" is null
  and "users"."deactivated_at" is null
  and coalesce(users.mentor_policy, '') <> 'closed'
  and ("users"."mentor_capacity" is null or "users"."mentor_capacity" > (
  select count(*) as "count"
  from "mentorships" as "mentee"
  where "mentee"."mentor_id" = "users"."id"
    and "mentee"."status" = 'active'
))
order by "users"."id"
limit $5;

select "user_skills"."user_id" as "id"
from "users"
inner join "user_skills" on "user_skills"."user_id" = "users"."id"
where "users"."id" > $1
  and "user_skills"."user_id" > $2
  and "user_skills"."skill_key" = $3
order by "user_skills"."user_id"
limit $4
offset $5;

select "users"."id", "users"."username", (
  select "mentor"."username"
  from "mentorships" as "link"
  inner join "users" as "mentor" on "mentor"."id" = "link"."mentor_id"
  where "link"."mentee_id" = "users"."id"
    and "link"."status" = 'active'
) as "mentorUsername"
from (
  select "user_skills"."user_id" as "id", "users"."username", "users"."ended_at", "users"."deactivated_at", "users"."mentor_policy", "users"."mentor_capacity", "users"."skills"
  from "users"
  inner join "user_skills" on "user_skills"."user_id" = "users"."id"
  where "users"."id" > $1
    and "user_skills"."user_id" > $2
    and "user_skills"."skill_key" = $3
  order by "user_skills"."user_id"
  limit $4
) as "users"
where "users"."ended_at" is null
  and "users"."deactivated_at" is null
  and coalesce(users.mentor_policy, '') <> 'closed'
  and ("users"."mentor_capacity" is null or "users"."mentor_capacity" > (
  select count(*) as "count"
  from "mentorships" as "mentee"
  where "mentee"."mentor_id" = "users"."id"
    and "mentee"."status" = 'active'
))
order by "users"."id"
limit $5;

select "users"."id", "users"."username", (
  select "mentor"."username"
  from "mentorships" as "link"
  inner join "users" as "mentor" on "mentor"."id" = "link"."mentor_id"
  where "link"."mentee_id" = "users"."id"
    and "link"."status" = 'active'
) as "mentorUsername", "users"."mentor_policy", "users"."skills", case when users.mentor_capacity is not null
          then users.mentor_capacity - (
  select count(*) as "count"
  from "mentorships" as "mentee"
  where "mentee"."mentor_id" = "users"."id"
    and "mentee"."status" = 'active'
) end as "free_places"
from (
  select "users"."id" as "id", "users"."username", "users"."ended_at", "users"."deactivated_at", "users"."mentor_policy", "users"."mentor_capacity", "users"."skills"
  from "users"
  where "users"."id" > $1
  order by "users"."id"
  limit $2
) as "users"
where "users"."ended_at" is null
order by "users"."id"
limit $3;

select "users"."id", "users"."username", (
  select "mentor"."username"
  from "mentorships" as "link"
  inner join "users" as "mentor" on "mentor"."id" = "link"."mentor_id"
  where "link"."mentee_id" = "users"."id"
    and "link"."status" = 'active'
) as "mentorUsername"
from (
  select "users"."id" as "id", "users"."username", "users"."ended_at"
  from "users"
  where "users"."id" > $1
  order by "users"."id"
  limit $2
) as "users"
where "users"."ended_at" is null
  and not ((
  select "own"."id"
  from "mentorships" as "own"
  where "own"."mentee_id" = "users"."id"
    and "own"."status" = 'active'
  limit $3
)) is not null
order by "users"."id"
limit $4;

-- userDirectory.detail
select "users"."username", "users"."email", "users"."phone", "users"."password_hash", "users"."mentor_policy", "users"."mentor_capacity", "users"."bio", "users"."skills", (
  select "mentor"."username"
  from "mentorships" as "link"
  inner join "users" as "mentor" on "mentor"."id" = "link"."mentor_id"
  where "link"."mentee_id" = "users"."id"
    and "link"."status" = 'active'
) as "mentor_username", "mentee"."id" as "mentee_id", "mentee"."username" as "mentee_username"
from "users"
left join (
  select "mentor_id", "mentee_id"
  from "mentorships"
  where "mentor_id" = $1
    and "status" = 'active'
  order by "mentee_id"
  limit $2
) as "mentees" on "mentees"."mentor_id" = "users"."id"
left join "users" as "mentee" on "mentee"."id" = "mentees"."mentee_id"
where "users"."id" = $3
  and "users"."ended_at" is null
order by "mentees"."mentee_id";

-- userDirectory.find
select "id", "username"
from "users"
where "username_key" = $1
  and "ended_at" is null;

-- userDirectory.credentials
select "users"."id", "users"."password_hash", "users"."deactivated_at", "user_networks"."network", (
  select max("pbkdf2_iterations") as "slowest"
  from "users"
  where "pbkdf2_iterations" is not null
) as "slowest"
from (
  select 1 as "one"
) as "always"
left join "users" on "users"."username_key" = $1
  and "users"."ended_at" is null
left join "user_networks" on "user_networks"."user_id" = "users"."id"
  and "user_networks"."network" = $2;
