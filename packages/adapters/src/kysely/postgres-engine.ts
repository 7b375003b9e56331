import pg from 'pg';
import type { ConnectionLoad } from '../store.ts';
import type { Engine } from './engine.ts';
import { lendFrom, openPool } from './postgres-pool.ts';

/** How many connections one process opens at most. */
const poolSize = 10;

/** PostgreSQL through a pool of connections, and one beside it for the background. */
export const openPostgres = (
  url: string,
  patience: number,
  { preparedStatements = false }: { readonly preparedStatements?: boolean } = {},
): Engine => {
  const common = { url, patience, preparedStatements };
  const [all, own] = [
    { ...common, max: poolSize },
    { ...common, max: 1, alone: true },
  ];
  const pools = { requests: openPool(all), background: openPool(own) };
  const [database, background] = [lendFrom(pools.requests, all), lendFrom(pools.background, own)];
  return {
    transaction: (work) => database.transaction().execute(work),
    writes: database,
    reads: database,
    background,
    generatedId: (column) => column.primaryKey().generatedByDefaultAsIdentity(),
    appendOnly,
    byteOrder: (table, column) => [`alter table ${table} alter column ${column} type text collate "C"`],
    locksRows: true,
    pbkdf2Iterations: `integer generated always as (case when password_hash ~ '^pbkdf2_sha256[$][0-9]{1,9}[$]'
      then split_part(password_hash, '$', 2)::integer end) stored`,
    largeId: 'bigint',
    isConflict: (error) => error instanceof pg.DatabaseError && conflicts.has(error.code ?? ''),
    connections: () => ({ requests: loadOf(pools.requests), background: loadOf(pools.background) }),
    async close() {
      await background.destroy();
      await database.destroy();
    },
  };
};

const loadOf = ({ totalCount, idleCount, waitingCount, options }: pg.Pool): ConnectionLoad => ({
  busy: totalCount - idleCount,
  idle: idleCount,
  waiting: waitingCount,
  most: options.max,
});

const appendOnly: Engine['appendOnly'] = (table) => [
  `create function ${table}_only_grows() returns trigger language plpgsql as $$
  begin
    if tg_op = 'DELETE' then
      if old.keep_until <= to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') then
        return old;
      end if;
    end if;
    raise exception '${table} only grows' using errcode = 'restrict_violation';
  end $$`,
  `create trigger ${table}_kept before update or delete on ${table} for each row execute function ${table}_only_grows()`,
  `create trigger ${table}_not_emptied before truncate on ${table} for each statement execute function ${table}_only_grows()`,
];

/** serialization_failure and deadlock_detected: PostgreSQL, and engines that speak its protocol, ask to run it again. */
const conflicts = new Set(['40001', '40P01']);
