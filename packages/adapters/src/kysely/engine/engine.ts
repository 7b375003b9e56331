import type { Storage } from '@mentorship/application';
import type { ColumnDefinitionBuilder, Kysely } from 'kysely';
import type { Store } from '../../store.ts';
import type { Schema } from '../schema/schema.ts';

/** Everything in which the databases differ. Queries and migrations are written once, above it. */
export interface Engine {
  /** Runs the work in a transaction of its own. Commits before it resolves; rolls back when the work throws. */
  transaction<Result>(work: (db: Kysely<Schema>) => Promise<Result>): Promise<Result>;
  readonly eraseTraces: Storage['eraseTraces'];
  /** Runs single writes outside a transaction: changes of the schema. */
  readonly writes: Kysely<Schema>;
  /** Throws `storage_unavailable` when the file of the database was removed or replaced; nothing on a server. */
  requireFile(): void;
  /** Runs single reads outside a transaction. */
  readonly reads: Kysely<Schema>;
  /** Runs the reads that every process repeats in the background. Requests never delay them. */
  readonly background: Kysely<Schema>;
  /** Makes the column an integer primary key that the database assigns in ascending order. */
  generatedId(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  /** The statements that make the database reject updates of the table, and deletes of a row before its `keep_until`. */
  appendOnly(table: string): readonly string[];
  /** The statements that make a text column sort by bytes, so that its index serves prefix searches; empty where it sorts so already. */
  byteOrder(table: string, column: string): readonly string[];
  /** Whether a transaction must lock the rows that it reads before it changes them. */
  readonly locksRows: boolean;
  /** The definition of a column computed from `password_hash`: the iterations of a PBKDF2 hash, null for any other hash. */
  readonly pbkdf2Iterations: string;
  /** The column type for ids that may exceed 32 bits. */
  readonly largeId: 'integer' | 'bigint';
  /** Whether the transaction lost a conflict with another one and would succeed on a retry. */
  isConflict(error: unknown): boolean;
  readonly connections: Store['connections'];
  close(): Promise<void>;
}
