import type { AttemptCount, SecurityEventEntry } from '@mentorship/application';
import type {
  Instant,
  Mentorship,
  MentorshipId,
  Session,
  SigningKey,
  User,
  UserId,
  UsernameKey,
} from '@mentorship/domain';

/** The rows by key, and the indexes that a database would have. */
export interface Tables {
  readonly users: Map<UserId, User>;
  readonly userIds: Map<UsernameKey, UserId>;
  readonly lastLogins: Map<UserId, Instant>;
  readonly networks: Map<UserId, ReadonlySet<string>>;
  /** The iterations of PBKDF2 hashes, which the import brings. */
  readonly olderHashes: Map<UserId, number>;
  readonly endedUsers: Map<UserId, Instant>;
  readonly mentorships: Map<MentorshipId, Mentorship>;
  /** The mentorships of each user, on either side. */
  readonly mentorshipsOf: Map<UserId, Map<MentorshipId, true>>;
  /** The mentorships that never began, or have not yet, and have a message or a reason of a user. */
  readonly requestsWithWords: Map<MentorshipId, true>;
  /** The active mentorship of each mentee. */
  readonly activeMentorships: Map<UserId, MentorshipId>;
  /** The active mentees of each mentor. */
  readonly mentees: Map<UserId, Map<UserId, true>>;
  readonly sessions: Map<string, Session>;
  /** The number of each session's end. */
  readonly sessionEnds: Map<string, number>;
  readonly signingKeys: Map<string, SigningKey>;
  readonly attempts: Map<string, AttemptCount>;
  readonly securityEvents: Map<number, SecurityEventEntry>;
  /** The last number of each sequence, and the time of the last change of the graph. */
  readonly counters: Map<'session_ends' | 'security_events' | 'graph_changed_at', number>;
}

export const createTables = (): Tables => ({
  users: new Map(),
  userIds: new Map(),
  lastLogins: new Map(),
  networks: new Map(),
  olderHashes: new Map(),
  endedUsers: new Map(),
  mentorships: new Map(),
  mentorshipsOf: new Map(),
  requestsWithWords: new Map(),
  activeMentorships: new Map(),
  mentees: new Map(),
  sessions: new Map(),
  sessionEnds: new Map(),
  signingKeys: new Map(),
  attempts: new Map(),
  securityEvents: new Map(),
  counters: new Map(),
});

/** Writes that `atomically` undoes when its work throws. */
export interface Journal {
  /** Freezes the row, so that a caller who gets it cannot change the store. */
  put<Key, Row>(table: Map<Key, Row>, key: Key, row: Row): void;
  remove<Key, Row>(table: Map<Key, Row>, key: Key): void;
  undo(): void;
}

/** An empty journal, for one transaction. */
export const createJournal = (): Journal => {
  const undos: (() => void)[] = [];
  const remember = <Key, Row>(table: Map<Key, Row>, key: Key) => {
    const before = table.get(key);
    undos.push(() => (before === undefined ? table.delete(key) : table.set(key, before)));
  };
  return {
    put(table, key, row) {
      remember(table, key);
      table.set(key, row instanceof Map ? row : Object.freeze(row));
    },
    remove(table, key) {
      remember(table, key);
      table.delete(key);
    },
    undo() {
      for (const undo of undos.reverse()) undo();
    },
  };
};
