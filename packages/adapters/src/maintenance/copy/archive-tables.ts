import type { Schema } from '../../kysely/schema/schema.ts';

/** A table of the store, and how to copy it. */
export interface ArchiveTable {
  readonly name: keyof Schema;
  /** The unique columns that its rows are read in order of. */
  readonly key: readonly string[];
  /** The columns that the database computes. */
  readonly derived?: readonly string[];
  /** Whether a new store already has its single row. */
  readonly counter?: true;
}

/** A table comes after the tables that its rows refer to. */
export const archiveTables: readonly ArchiveTable[] = [
  { name: 'users', key: ['id'], derived: ['pbkdf2_iterations'] },
  { name: 'user_skills', key: ['skill_key', 'user_id'] },
  { name: 'user_networks', key: ['user_id', 'network'] },
  { name: 'mentorships', key: ['id'] },
  { name: 'mentor_graph', key: ['id'], counter: true },
  { name: 'sessions', key: ['id'] },
  { name: 'session_end_counter', key: ['id'], counter: true },
  { name: 'signing_keys', key: ['kid'] },
  { name: 'attempt_counts', key: ['key'] },
  { name: 'security_events', key: ['id'] },
];

/** A row, by column. */
export type ArchiveRow = Readonly<Record<string, string | number | null>>;
