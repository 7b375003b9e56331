import type { Generated } from 'kysely';

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
  };
  mentorships: {
    id: Generated<number>;
    mentee_id: number;
    mentor_id: number;
    began_at: string;
    ended_at: string | null;
    end_reason: string | null;
  };
  /** One row: whoever changes links raises it first, and so comes one at a time. */
  mentor_graph: {
    id: number;
    version: number;
  };
  sessions: {
    id: string;
    user_id: number;
    created_at: string;
    expires_at: string;
    access_until: string;
    ended_at: string | null;
    end_reason: string | null;
  };
  signing_keys: {
    kid: string;
    public_key: string;
    created_at: string;
    expires_at: string;
  };
}
