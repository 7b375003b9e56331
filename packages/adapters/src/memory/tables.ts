import type { Instant, Mentorship, Session, SigningKey, User, UserId, UsernameKey } from '@mentorship/domain';

/** The rows by key, and the indexes that a database would keep beside them. */
export interface Tables {
  readonly users: Map<UserId, User>;
  readonly userIds: Map<UsernameKey, UserId>;
  readonly lastLogins: Map<UserId, Instant>;
  readonly openMentorships: Map<UserId, Mentorship>;
  readonly endedMentorships: Map<number, Mentorship>;
  readonly mentees: Map<UserId, Map<UserId, true>>;
  readonly sessions: Map<string, Session>;
  readonly signingKeys: Map<string, SigningKey>;
}

export const createTables = (): Tables => ({
  users: new Map(),
  userIds: new Map(),
  lastLogins: new Map(),
  openMentorships: new Map(),
  endedMentorships: new Map(),
  mentees: new Map(),
  sessions: new Map(),
  signingKeys: new Map(),
});

/** Writes that can be taken back: what `atomically` does when its work throws. */
export interface Journal {
  /** Rows are frozen, so that nobody who is handed one changes the store by it. */
  put<Key, Row>(table: Map<Key, Row>, key: Key, row: Row): void;
  remove<Key, Row>(table: Map<Key, Row>, key: Key): void;
  undo(): void;
}

/** An empty journal, for one transaction. */
export const createJournal = (): Journal => {
  const undoings: (() => void)[] = [];
  const remember = <Key, Row>(table: Map<Key, Row>, key: Key) => {
    const before = table.get(key);
    undoings.push(() => (before === undefined ? table.delete(key) : table.set(key, before)));
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
      for (const undoing of undoings.reverse()) undoing();
    },
  };
};
