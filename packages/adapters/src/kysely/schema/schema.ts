import type { Generated, GeneratedAlways } from 'kysely';

/**
 * The tables, in the types that both databases return alike: text, integer and null.
 * Timestamps are ISO 8601 text in UTC with milliseconds, which sorts by time.
 */
export interface Schema {
  users: {
    id: Generated<number>;
    username: string;
    username_key: string;
    email: string | null;
    phone: string | null;
    password_hash: string;
    created_at: string;
    last_login_at: string | null;
    /** The iterations of a PBKDF2 hash, which the import brings; null for any other. The database derives it from the hash. */
    pbkdf2_iterations: GeneratedAlways<number | null>;
    ended_at: string | null;
    deactivated_at: string | null;
    /** null until the user has set any part of the profile. */
    mentor_policy: string | null;
    mentor_capacity: number | null;
    bio: string | null;
    /** A JSON array, as shown to clients. */
    skills: string | null;
  };
  /** The skills again, a row each, to find users by skill. */
  user_skills: {
    skill_key: string;
    user_id: number;
  };
  /** The networks from which a user has registered or logged in. */
  user_networks: {
    user_id: number;
    network: string;
    last_login_at: string;
  };
  mentorships: {
    id: Generated<number>;
    mentee_id: number;
    mentor_id: number;
    status: string;
    requested_by: string;
    message: string | null;
    reason: string | null;
    created_at: string;
    expires_at: string | null;
    started_at: string | null;
    ended_at: string | null;
    version: number;
  };
  /** One row: a transaction that changes mentorships raises `version` first, which serializes these transactions. */
  mentor_graph: {
    id: number;
    version: number;
    /** The time of the last change; empty before the first. */
    changed_at: string;
  };
  sessions: {
    id: string;
    user_id: number;
    created_at: string;
    expires_at: string;
    access_until: string;
    ended_at: string | null;
    end_reason: string | null;
    last_used_at: string;
    generation: Generated<number>;
    rotated_at: string | null;
    ip: string | null;
    user_agent: string | null;
    /** The number of this session's end, from the counter below. */
    end_number: number | string | null;
  };
  /** One row: a transaction that ends sessions raises it first, so that ends have the order of their commits. */
  session_end_counter: {
    id: number;
    number: number | string;
  };
  signing_keys: {
    kid: string;
    public_key: string;
    created_at: string;
    expires_at: string;
  };
  /** The number of attempts for a key, until its period ends. */
  attempt_counts: {
    key: string;
    count: number;
    until: string;
  };
  /** Append-only: the database refuses to change a row, or to delete it before `keep_until`. */
  security_events: {
    id: Generated<number | string>;
    type: string;
    occurred_at: string;
    user_id: number | null;
    session_id: string | null;
    reason: string | null;
    count: number;
    ip: string | null;
    user_agent: string | null;
    keep_until: string;
  };
}

/** The tables whose rows never change. */
export const appendOnlyTables = ['security_events'] as const satisfies readonly (keyof Schema)[];
