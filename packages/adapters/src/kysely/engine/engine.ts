import type { ColumnDefinitionBuilder, Kysely } from 'kysely';
import type { Store } from '../../store.ts';
import type { Schema } from '../schema/schema.ts';

/** All that differs between the databases. The queries and the migrations are written once, above it. */
export interface Engine {
  /** Runs the work in a transaction of its own, which is kept once the promise resolves. */
  transaction<Result>(work: (db: Kysely<Schema>) => Promise<Result>): Promise<Result>;
  /** For single writes outside a transaction: of the schema. */
  readonly writes: Kysely<Schema>;
  /** For single reads outside a transaction. */
  readonly reads: Kysely<Schema>;
  /** For what every process reads again and again, whether a request needs it or not: no load keeps it waiting. */
  readonly background: Kysely<Schema>;
  /** An integer primary key that the database gives out in ascending order. */
  generatedId(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  /** The statements by which the database itself refuses to change a row of the table, or to delete it before its `keep_until`. */
  appendOnly(table: string): readonly string[];
  /** The statements that make a column of text sort by its bytes, so that an index finds what begins alike; none where all text does. */
  byteOrder(table: string, column: string): readonly string[];
  /** Whether a transaction has to lock what it reads for it to be its own. */
  readonly locksRows: boolean;
  /** A column that the database derives from `password_hash`: the iterations of a PBKDF2 hash, null for any other. */
  readonly pbkdf2Iterations: string;
  /** The type of numbers that are given out without end. */
  readonly largeId: 'integer' | 'bigint';
  /** Whether the transaction lost to another one and would go through if it ran again. */
  isConflict(error: unknown): boolean;
  readonly connections: Store['connections'];
  close(): Promise<void>;
}
