-- Made by `npx -y pnpm@12 queries` from the calls in tests/support/store. To change a query, change the adapter, run it, review.

-- signingKeys.publish
insert into "signing_keys" ("kid", "public_key", "created_at", "expires_at")
values ($1, $2, $3, $4)
on conflict ("kid") do nothing;

-- signingKeys.prune
delete from "signing_keys"
where "expires_at" < $1
returning "kid";

-- attempts.find
select *
from "attempt_counts"
where "key" in ($1)
  and "until" > $2
order by key collate "C"
for update;

select *
from "attempt_counts"
where "key" in ($1, $2, $3, $4, $5, $6, $7, $8)
  and "until" > $9
order by key collate "C"
for update;

-- attempts.raise
insert into "attempt_counts" ("key", "count", "until")
values ($1, $2, $3)
on conflict ("key") do update
set "count" = case when (attempt_counts.until <= $4 or attempt_counts.until > case attempt_counts.key when $5 then $6 end) then excluded.count else attempt_counts.count + excluded.count end,
  "until" = case when (attempt_counts.until <= $7 or attempt_counts.until > case attempt_counts.key when $8 then $9 end) then excluded.until else attempt_counts.until end
returning *;

insert into "attempt_counts" ("key", "count", "until")
values ($1, $2, $3), ($4, $5, $6), ($7, $8, $9), ($10, $11, $12), ($13, $14, $15), ($16, $17, $18), ($19, $20, $21), ($22, $23, $24)
on conflict ("key") do update
set "count" = case when (attempt_counts.until <= $25 or attempt_counts.until > case attempt_counts.key when $26 then $27 when $28 then $29 when $30 then $31 when $32 then $33 when $34 then $35 when $36 then $37 when $38 then $39 when $40 then $41 end) then excluded.count else attempt_counts.count + excluded.count end,
  "until" = case when (attempt_counts.until <= $42 or attempt_counts.until > case attempt_counts.key when $43 then $44 when $45 then $46 when $47 then $48 when $49 then $50 when $51 then $52 when $53 then $54 when $55 then $56 when $57 then $58 end) then excluded.until else attempt_counts.until end
returning *;

-- attempts.forget
delete from "attempt_counts"
where "key" = $1;

-- attempts.prune
select "key"
from "attempt_counts"
where "until" <= $1
order by "until"
limit $2
for update skip locked;

delete from "attempt_counts"
where "key" in ($1, $2, $3);

-- securityEvents.add
insert into "security_events" ("type", "occurred_at", "user_id", "session_id", "reason", "count", "ip", "user_agent", "keep_until")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9);

insert into "security_events" ("type", "occurred_at", "user_id", "session_id", "reason", "count", "ip", "user_agent", "keep_until")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9), ($10, $11, $12, $13, $14, $15, $16, $17, $18);

-- securityEvents.prune
select "id"
from "security_events"
where "keep_until" <= $1
order by "keep_until"
limit $2
for update skip locked;

delete from "security_events"
where "id" in ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- attemptDirectory.find
select *
from "attempt_counts"
where "key" in ($1)
  and "until" > $2;

select *
from "attempt_counts"
where "key" in ($1, $2, $3, $4, $5, $6, $7, $8)
  and "until" > $9;

-- securityEventDirectory.list
select *
from "security_events"
where "user_id" = $1
order by "id" desc
limit $2;

select *
from "security_events"
where "user_id" = $1
  and "id" < $2
order by "id" desc
limit $3;

-- signingKeyDirectory.list
select *
from "signing_keys";
