import type { Schema } from '../../kysely/schema/schema.ts';

/** A table with all that a store keeps in it. */
export interface ArchiveTable {
  readonly name: keyof Schema;
  /** The columns by which its rows can be read in order. */
  readonly key: readonly string[];
  /** The columns that the database works out by itself. */
  readonly derived?: readonly string[];
  /** Whether a new store has the row already. */
  readonly counter?: true;
}

/** In an order in which no row comes before one that it refers to. */
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

/** One row, by column. */
export type ArchiveRow = Readonly<Record<string, string | number | null>>;
