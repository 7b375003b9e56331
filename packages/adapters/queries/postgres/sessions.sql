-- Made by `npx -y pnpm@12 queries` from the calls in tests/support/store. To change a query, change the adapter, run it, review.

-- sessions.open
insert into "sessions" ("id", "user_id", "created_at", "last_used_at", "expires_at", "access_until", "generation", "ip", "user_agent")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- sessions.find
select *
from "sessions"
where "id" = $1
  and "user_id" = $2;

-- sessions.extendAccess
update "sessions"
set "last_used_at" = $1,
  "access_until" = case when access_until < $2 then $3 else access_until end
where "id" = $4
  and "user_id" = $5
  and "ended_at" is null
  and "expires_at" > $6
returning "id";

-- sessions.rotate
update "sessions"
set "last_used_at" = $1,
  "access_until" = case when access_until < $2 then $3 else access_until end,
  "generation" = $4,
  "rotated_at" = $5,
  "expires_at" = $6
where "id" = $7
  and "user_id" = $8
  and "ended_at" is null
  and "expires_at" > $9
  and "generation" = $10
returning "id";

-- sessions.end
-- (and 2 more that combine these lines; SHA-256 of all: 082fc97b1e00dc51)
select "id"
from "sessions"
where "user_id" = $1
  and "ended_at" is null
  and "id" = $2
limit $3;

update "session_end_counter"
set "number" = "number" + $1
returning "number";

update "sessions"
set "ended_at" = $1,
  "end_reason" = $2,
  "end_number" = $3
where "ended_at" is null
  and "id" in (
  select "id"
  from "sessions"
  where "user_id" = $4
    and "ended_at" is null
    and "id" = $5
)
returning "id", "access_until";

select "id"
from "sessions"
where "user_id" = $1
  and "ended_at" is null
  and "id" <> $2
limit $3;

update "sessions"
set "ended_at" = $1,
  "end_reason" = $2,
  "end_number" = $3
where "ended_at" is null
  and "id" in (
  select "id"
  from "sessions"
  where "user_id" = $4
    and "ended_at" is null
    and "id" <> $5
)
returning "id", "access_until";

select "id"
from "sessions"
where "user_id" = $1
  and "ended_at" is null
order by "created_at" desc, "id"
limit $2
offset $3;

update "sessions"
set "ended_at" = $1,
  "end_reason" = $2,
  "end_number" = $3
where "ended_at" is null
  and "id" in (
  select "id"
  from "sessions"
  where "user_id" = $4
    and "ended_at" is null
  order by "created_at" desc, "id"
  limit $5
  offset $6
)
returning "id", "access_until";

-- sessions.eraseClients
update "sessions"
set "ip" = $1,
  "user_agent" = $2
where "user_id" = $3;

-- sessions.prune
select "id"
from "sessions"
where "expires_at" <= $1
  and "access_until" <= $2
order by "expires_at"
limit $3
for update skip locked;

delete from "sessions"
where "id" in ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- sessionDirectory.isOpen
select "id"
from "sessions"
where "id" = $1
  and "user_id" = $2
  and "ended_at" is null;

-- sessionDirectory.list
select "id", "created_at", "last_used_at", "expires_at", "user_agent", "ip"
from "sessions"
where "user_id" = $1
  and "ended_at" is null
  and ("expires_at" > $2 or "access_until" > $3)
order by "created_at" desc, "id"
limit $4;

-- sessionDirectory.endedSince
select "number"
from "session_end_counter";

select "id", "user_id", "access_until"
from "sessions"
where "end_number" > $1
  and "access_until" > $2;
