import type { Kysely } from 'kysely';
import type { Programs } from './programs.ts';
import type { Table } from '../../kysely/schema/ownership.ts';
import type { Schema } from '../../kysely/schema/schema.ts';

/** A complete store on one connection, past the ports: for commands that copy, back up or check all of it. */
export interface Archive extends AsyncDisposable {
  /** Its name in messages, without a password. */
  readonly title: string;
  readonly db: Kysely<Schema>;
  /**
   * Begins a transaction whose reads all see the same state.
   * Throws `StoreError` when a service, or another command, has the store open.
   */
  begin(): Promise<void>;
  /** Throws `StoreError`, and keeps nothing, when another process has opened the store meanwhile. */
  commit(): Promise<void>;
  /** Begins a read-only transaction whose reads all see the same state, while other processes use the store. */
  snapshot(): Promise<void>;
  /** Returns what the database reports about its own files: a line each, a few at most. */
  brokenPages(): Promise<string[]>;
  /** Returns rows that refer to a missing row: a line each, a few at most. */
  strayRows(): Promise<string[]>;
  /** Returns the tables of the schema in which a store has its tables. */
  tables(): Promise<Table[]>;
  /** Returns the schema, a line for each part, in the same words on every database. */
  shape(): Promise<string[]>;
  /** Returns the triggers, views and rules that can change what the service reads or writes, by name. */
  programs(): Promise<Programs>;
  /** Returns the programs of a new store. */
  expectedPrograms(): Programs;
  /** Returns the last id that the table has assigned; 0 before the first. */
  lastId(table: NumberedTable): Promise<number>;
  setLastId(table: NumberedTable, id: number): Promise<void>;
}

export interface ArchiveOptions {
  /** Whether the files of an SQLite database must stay exactly as they are. */
  readonly readOnly?: boolean;
}

/** The tables that assign ids. */
export const numberedTables = ['users', 'mentorships', 'security_events'] as const;
export type NumberedTable = (typeof numberedTables)[number];
