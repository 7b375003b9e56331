import type { Generated, GeneratedAlways } from 'kysely';

/**
 * The tables, in the types that both engines hand back alike: text, integer and null.
 * Moments are ISO 8601 text in UTC with milliseconds, which sorts as time does.
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
    /** Of a hash that the original made: what it costs to check. The database reads it out of the hash. */
    pbkdf2_iterations: GeneratedAlways<number | null>;
    ended_at: string | null;
    deactivated_at: string | null;
    /** null until the user has chosen anything of their profile. */
    mentor_policy: string | null;
    mentor_capacity: number | null;
    bio: string | null;
    /** A list in JSON, as it is shown. */
    skills: string | null;
  };
  /** The skills once more, one a row, to find their users by. */
  user_skills: {
    skill_key: string;
    user_id: number;
  };
  /** From where a user has logged in. */
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
  /** One row: whoever changes mentorships raises it first, and so comes one at a time. */
  mentor_graph: {
    id: number;
    version: number;
    /** The moment of the last of them. */
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
    /** Which end of a session this was, by the counter below. */
    end_number: number | string | null;
  };
  /** One row: whoever ends sessions raises it first, so that ends are numbered in the order of their commits. */
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
  /** How many attempts there have been under a key, until its period is over. */
  attempt_counts: {
    key: string;
    count: number;
    until: string;
  };
  /** Only grows: the database refuses to change a row, or to delete it before its time. */
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
