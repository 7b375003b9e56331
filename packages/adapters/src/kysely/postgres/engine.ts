import pg from 'pg';
import type { Deadline } from '../engine/deadline.ts';
import type { Engine } from '../engine/engine.ts';
import { createBuilders, plainQuery, withScopedRun } from '../engine/query-builder.ts';
import type { Schema } from '../schema/schema.ts';
import { dialect } from './dialect.ts';
import { openPool, type Pool } from './pool.ts';
import { createRunner, createStatementNames } from './runner.ts';

/** How many connections one process opens at most for its requests. */
const maxConnections = 10;

interface PostgresOptions {
  /** Whether each connection prepares statements under names. PgBouncer in transaction mode does not support it. */
  readonly preparedStatements?: boolean;
}

/** Opens PostgreSQL: a pool of connections for requests, and one connection for background reads. */
export const openEngine = (
  url: string,
  deadlineMs: number,
  { preparedStatements = false }: PostgresOptions = {},
): Engine => {
  const build = createBuilders<Schema>(dialect);
  const nameOf = preparedStatements ? createStatementNames() : () => undefined;
  const requests = openPool({ url, deadlineMs, maxConnections });
  const background = openPool({ url, deadlineMs, maxConnections: 1, deadlinePerLease: true });
  const builderOn = (pool: Pool) => build((query) => pool.lease((lease) => createRunner(lease, nameOf)(query)));
  const db = builderOn(requests);

  return {
    transaction: (work) =>
      requests.lease(async (lease) => {
        const { connection, deadline } = lease;
        const run = createRunner(lease, nameOf);
        try {
          await run(plainQuery(beginWithTimeouts(deadline, deadlineMs)));
          const result = await withScopedRun(run, (run) => work(build(run)));
          await run(plainQuery('commit'));
          return result;
        } catch (error) {
          // A connection that may still be in a transaction must not be leased again.
          if (connection.fault === undefined)
            await run(plainQuery('rollback')).catch((rollbackError: unknown) => {
              connection.fault ??= rollbackError;
            });
          throw error;
        }
      }),
    // Its files are the server's: docs/operations.md says what an operator does about them.
    eraseTraces: async () => true,
    requireFile: () => {},
    writes: db,
    reads: db,
    background: builderOn(background),
    generatedId: (column) => column.primaryKey().generatedByDefaultAsIdentity(),
    appendOnly,
    byteOrder: (table, column) => [`alter table ${table} alter column ${column} type text collate "C"`],
    locksRows: true,
    pbkdf2Iterations: `integer generated always as (case when password_hash ~ '^pbkdf2_sha256[$][0-9]{1,9}[$]'
      then split_part(password_hash, '$', 2)::integer end) stored`,
    largeId: 'bigint',
    isConflict: (error) => error instanceof pg.DatabaseError && conflicts.has(error.code ?? ''),
    connections: () => ({ requests: requests.load(), background: background.load() }),
    async close() {
      await background.close();
      await requests.close();
    },
  };
};

/**
 * Sets the timeouts for this transaction only: behind PgBouncer, transactions of several clients share connections, so
 * neither a connection option nor a session setting would do. The statement timeout is shorter than the deadline, so that
 * a slow statement does not cost the connection. The idle timeout releases the locks of a process that hangs or vanishes.
 */
const beginWithTimeouts = (deadline: Deadline, idleTimeoutMs: number): string =>
  `begin; set local statement_timeout = ${Math.max(1, Math.floor(deadline.remainingMs() * 0.75))}; ` +
  `set local idle_in_transaction_session_timeout = ${idleTimeoutMs}`;

export const appendOnly: Engine['appendOnly'] = (table) => [
  `create function ${table}_only_grows() returns trigger language plpgsql as $$
  begin
    if tg_op = 'DELETE' then
      if old.keep_until <= to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') then
        return old;
      end if;
    end if;
    raise exception '${table} only grows' using errcode = 'restrict_violation';
  end $$`,
  `create trigger ${table}_kept before delete or update on ${table} for each row execute function ${table}_only_grows()`,
  `create trigger ${table}_not_emptied before truncate on ${table} for each statement execute function ${table}_only_grows()`,
];

/** The SQLSTATEs serialization_failure and deadlock_detected: the server asks the client to retry the transaction. */
const conflicts = new Set(['40001', '40P01']);
