import pg from 'pg';
import type { ConnectionLoad } from '../../store.ts';
import type { Engine } from '../engine/engine.ts';
import type { Deadline } from '../engine/deadline.ts';
import { postgresDialect } from './dialect.ts';
import { createLender, openPool, type PoolOptions } from './pool.ts';
import { createAsking } from './runner.ts';
import { createBuilders, type Run } from '../engine/query-builder.ts';
import type { Schema } from '../schema/schema.ts';
import { createNames } from '../statement-names.ts';
import { plain, whileAtWork } from '../transaction.ts';

/** How many connections one process opens at most. */
const poolSize = 10;

/** PostgreSQL through a pool of connections, and one beside it for the background. */
export const openPostgres = (
  url: string,
  patience: number,
  { preparedStatements = false }: { readonly preparedStatements?: boolean } = {},
): Engine => {
  const build = createBuilders<Schema>(postgresDialect);
  const ask = createAsking(preparedStatements ? createNames() : () => undefined);
  const open = (options: PoolOptions) => {
    const pool = openPool(options);
    const lend = createLender(pool, options);
    return { pool, lend, db: build((query) => lend((loan) => ask(loan, query))) };
  };
  const requests = open({ url, patience, max: poolSize });
  const background = open({ url, patience, max: 1, alone: true });

  return {
    transaction: (work) =>
      requests.lend(async (loan) => {
        const { connection } = loan;
        const run: Run = (query) => ask(loan, query);
        try {
          await run(plain(beginWithin(loan.patience, patience)));
          const result = await whileAtWork(run, (run) => work(build(run)));
          await run(plain('commit'));
          return result;
        } catch (error) {
          // One that may still be in a transaction would answer whoever gets it next that it is.
          if (connection.fault === undefined)
            await run(plain('rollback')).catch((refused: unknown) => {
              connection.fault ??= refused;
            });
          throw error;
        }
      }),
    writes: requests.db,
    reads: requests.db,
    background: background.db,
    generatedId: (column) => column.primaryKey().generatedByDefaultAsIdentity(),
    appendOnly,
    byteOrder: (table, column) => [`alter table ${table} alter column ${column} type text collate "C"`],
    locksRows: true,
    pbkdf2Iterations: `integer generated always as (case when password_hash ~ '^pbkdf2_sha256[$][0-9]{1,9}[$]'
      then split_part(password_hash, '$', 2)::integer end) stored`,
    largeId: 'bigint',
    isConflict: (error) => error instanceof pg.DatabaseError && conflicts.has(error.code ?? ''),
    connections: () => ({ requests: loadOf(requests.pool), background: loadOf(background.pool) }),
    async close() {
      await background.pool.end();
      await requests.pool.end();
    },
  };
};

/**
 * Neither a connection option nor a setting of the session: behind PgBouncer, transactions share connections. The server
 * gives up first, so that a slow statement does not cost the connection, and a process that hangs or vanishes in a
 * transaction keeps nobody else from the rows that it has locked.
 */
const beginWithin = (patience: Deadline, milliseconds: number): string =>
  `begin; set local statement_timeout = ${Math.max(1, Math.floor(patience.left() * 0.75))}; ` +
  `set local idle_in_transaction_session_timeout = ${milliseconds}`;

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
