-- Made by `npx -y pnpm@12 queries` from the calls in tests/support/store. To change a query, change the adapter, run it, review.

-- sessions.open
insert into "sessions" ("id", "user_id", "created_at", "last_used_at", "expires_at", "access_until", "generation", "ip", "user_agent")
values (+?, +?, +?, +?, +?, +?, +?, +?, +?);

-- sessions.find
select *
from "sessions"
where "id" = +?
  and "user_id" = +?;

-- sessions.extendAccess
update "sessions"
set "last_used_at" = +?,
  "access_until" = case when access_until < +? then +? else access_until end
where "id" = +?
  and "user_id" = +?
  and "ended_at" is null
  and "expires_at" > +?
returning "id";

-- sessions.rotate
update "sessions"
set "last_used_at" = +?,
  "access_until" = case when access_until < +? then +? else access_until end,
  "generation" = +?,
  "rotated_at" = +?,
  "expires_at" = +?
where "id" = +?
  and "user_id" = +?
  and "ended_at" is null
  and "expires_at" > +?
  and "generation" = +?
returning "id";

-- sessions.end
-- (and 2 more that combine these lines; SHA-256 of all: bc079d9b0b6520a6)
select "id"
from "sessions"
where "user_id" = +?
  and "ended_at" is null
  and "id" = +?
limit +?;

update "session_end_counter"
set "number" = "number" + +?
returning "number";

update "sessions"
set "ended_at" = +?,
  "end_reason" = +?,
  "end_number" = +?
where "ended_at" is null
  and "id" in (
  select "id"
  from "sessions"
  where "user_id" = +?
    and "ended_at" is null
    and "id" = +?
)
returning "id", "access_until";

select "id"
from "sessions"
where "user_id" = +?
  and "ended_at" is null
  and "id" <> +?
limit +?;

update "sessions"
set "ended_at" = +?,
  "end_reason" = +?,
  "end_number" = +?
where "ended_at" is null
  and "id" in (
  select "id"
  from "sessions"
  where "user_id" = +?
    and "ended_at" is null
    and "id" <> +?
)
returning "id", "access_until";

select "id"
from "sessions"
where "user_id" = +?
  and "ended_at" is null
order by "created_at" desc, "id"
limit +?
offset +?;

update "sessions"
set "ended_at" = +?,
  "end_reason" = +?,
  "end_number" = +?
where "ended_at" is null
  and "id" in (
  select "id"
  from "sessions"
  where "user_id" = +?
    and "ended_at" is null
  order by "created_at" desc, "id"
  limit +?
  offset +?
)
returning "id", "access_until";

-- sessions.eraseClients
update "sessions"
set "ip" = +?,
  "user_agent" = +?
where "user_id" = +?;

-- sessions.prune
select "id"
from "sessions"
where "expires_at" <= +?
  and "access_until" <= +?
order by "expires_at"
limit +?;

delete from "sessions"
where "id" in (+?, +?, +?, +?, +?, +?, +?, +?, +?);

-- sessionDirectory.isOpen
select "id"
from "sessions"
where "id" = +?
  and "user_id" = +?
  and "ended_at" is null;

-- sessionDirectory.list
select "id", "created_at", "last_used_at", "expires_at", "user_agent", "ip"
from "sessions"
where "user_id" = +?
  and "ended_at" is null
  and ("expires_at" > +? or "access_until" > +?)
order by "created_at" desc, "id"
limit +?;

-- sessionDirectory.endedSince
select "number"
from "session_end_counter";

select "id", "user_id", "access_until"
from "sessions"
where "end_number" > +?
  and "access_until" > +?;
