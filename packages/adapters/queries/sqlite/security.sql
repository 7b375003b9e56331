-- Made by `npx -y pnpm@12 queries` from the calls in tests/support/store. To change a query, change the adapter, run it, review.

-- signingKeys.publish
insert into "signing_keys" ("kid", "public_key", "created_at", "expires_at")
values (+?, +?, +?, +?)
on conflict ("kid") do nothing;

-- signingKeys.prune
delete from "signing_keys"
where "expires_at" < +?
returning "kid";

-- attempts.find
select *
from "attempt_counts"
where "key" in (+?)
  and "until" > +?;

select *
from "attempt_counts"
where "key" in (+?, +?, +?, +?, +?, +?, +?, +?)
  and "until" > +?;

-- attempts.raise
insert into "attempt_counts" ("key", "count", "until")
values (+?, +?, +?)
on conflict ("key") do update
set "count" = case when (attempt_counts.until <= +? or attempt_counts.until > case attempt_counts.key when +? then +? end) then excluded.count else attempt_counts.count + excluded.count end,
  "until" = case when (attempt_counts.until <= +? or attempt_counts.until > case attempt_counts.key when +? then +? end) then excluded.until else attempt_counts.until end
returning *;

insert into "attempt_counts" ("key", "count", "until")
values (+?, +?, +?), (+?, +?, +?), (+?, +?, +?), (+?, +?, +?), (+?, +?, +?), (+?, +?, +?), (+?, +?, +?), (+?, +?, +?)
on conflict ("key") do update
set "count" = case when (attempt_counts.until <= +? or attempt_counts.until > case attempt_counts.key when +? then +? when +? then +? when +? then +? when +? then +? when +? then +? when +? then +? when +? then +? when +? then +? end) then excluded.count else attempt_counts.count + excluded.count end,
  "until" = case when (attempt_counts.until <= +? or attempt_counts.until > case attempt_counts.key when +? then +? when +? then +? when +? then +? when +? then +? when +? then +? when +? then +? when +? then +? when +? then +? end) then excluded.until else attempt_counts.until end
returning *;

-- attempts.forget
delete from "attempt_counts"
where "key" = +?;

-- attempts.prune
select "key"
from "attempt_counts"
where "until" <= +?
order by "until"
limit +?;

delete from "attempt_counts"
where "key" in (+?, +?, +?);

-- securityEvents.add
insert into "security_events" ("type", "occurred_at", "user_id", "session_id", "reason", "count", "ip", "user_agent", "keep_until")
values (+?, +?, +?, +?, +?, +?, +?, +?, +?);

insert into "security_events" ("type", "occurred_at", "user_id", "session_id", "reason", "count", "ip", "user_agent", "keep_until")
values (+?, +?, +?, +?, +?, +?, +?, +?, +?), (+?, +?, +?, +?, +?, +?, +?, +?, +?);

-- securityEvents.prune
select "id"
from "security_events"
where "keep_until" <= +?
order by "keep_until"
limit +?;

delete from "security_events"
where "id" in (+?, +?, +?, +?, +?, +?, +?, +?, +?);

-- attemptDirectory.find
select *
from "attempt_counts"
where "key" in (+?)
  and "until" > +?;

select *
from "attempt_counts"
where "key" in (+?, +?, +?, +?, +?, +?, +?, +?)
  and "until" > +?;

-- securityEventDirectory.list
select *
from "security_events"
where "user_id" = +?
order by "id" desc
limit +?;

select *
from "security_events"
where "user_id" = +?
  and "id" < +?
order by "id" desc
limit +?;

-- signingKeyDirectory.list
select *
from "signing_keys";
