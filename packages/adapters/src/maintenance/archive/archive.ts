import type { Kysely } from 'kysely';
import type { Table } from '../../kysely/schema/ownership.ts';
import type { Schema } from '../../kysely/schema/schema.ts';

/** A store as a whole, beside the ports and through one connection: for what copies, keeps or checks all of it. */
export interface Archive extends AsyncDisposable {
  /** What to call it in a message: no password. */
  readonly title: string;
  readonly db: Kysely<Schema>;
  /**
   * Begins a transaction, in which all reads see one moment.
   * Throws `StoreError` when a service, or another program like this one, has the store open.
   */
  begin(): Promise<void>;
  /** Throws `StoreError`, and keeps nothing, when somebody has opened the store meanwhile. */
  commit(): Promise<void>;
  /** Begins a transaction that only reads, all of it at one moment, while others use the store. */
  snapshot(): Promise<void>;
  /** What the database finds wrong with its own files: a line each, not all of them. */
  brokenPages(): Promise<string[]>;
  /** Rows that refer to a row that is not there: a line each, not all of them. */
  strayRows(): Promise<string[]>;
  /** The tables among which those of a store are, or would be made. */
  tables(): Promise<Table[]>;
  /** What the schema is made of, a line for each part, in the same words on every database. */
  shape(): Promise<string[]>;
  /** The last id that the table has given out; 0 before the first. */
  lastId(table: NumberedTable): Promise<number>;
  setLastId(table: NumberedTable, id: number): Promise<void>;
}

/** The tables that give out ids. */
export const numberedTables = ['users', 'mentorships', 'security_events'] as const;
export type NumberedTable = (typeof numberedTables)[number];
