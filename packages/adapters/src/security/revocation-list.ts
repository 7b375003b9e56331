import type { Clock, EndedSession, RevocationList, SessionDirectory, Storage } from '@mentorship/application';
import { type Instant, rememberedUntil } from '@mentorship/domain';

/** How long the result of a poll is trusted, in milliseconds since the query was sent. */
const maxAgeMs = 750;

/** How often expired entries are removed, in milliseconds. */
const sweepIntervalMs = 10_000;

export interface PolledRevocationList extends RevocationList {
  /** Reads the sessions that ended since the last poll. Throws the store's errors. */
  poll(): Promise<void>;
  /** Milliseconds since the last successful poll was sent; `Infinity` before the first. */
  age(): number;
  /** How many ended sessions are in memory. */
  readonly size: number;
}

/**
 * Keeps the ended sessions with unexpired access tokens in memory, and polls the store for new ones. While the last
 * successful poll is recent, a session that is not in the list is open. Otherwise each check queries the store, and
 * throws when the store does not answer.
 */
export const createRevocationList = ({
  sessionDirectory,
  clock,
  uptime = { now: () => performance.now() },
}: {
  sessionDirectory: SessionDirectory;
  clock: Clock;
  /** The milliseconds since this process started. Unlike the clock, it is never set back. */
  uptime?: Pick<Clock, 'now'>;
}): PolledRevocationList => {
  const ended = new Map<string, Instant>();
  let lastEndNumber = -1;
  let lastPollSent = { uptime: Number.NEGATIVE_INFINITY, clock: Number.NEGATIVE_INFINITY };
  let lastSweep = uptime.now();

  // Uptime stands still while the machine sleeps, and the clock can be set back: the larger age counts.
  const age = () => Math.max(uptime.now() - lastPollSent.uptime, clock.now() - lastPollSent.clock);
  const add = (sessions: readonly EndedSession[]) => {
    for (const session of sessions) ended.set(session.id, rememberedUntil(session));
  };
  const sweep = () => {
    if (uptime.now() - lastSweep < sweepIntervalMs) return;
    lastSweep = uptime.now();
    const now = clock.now();
    for (const [id, until] of ended) if (until <= now) ended.delete(id);
  };

  return {
    isOpen: async (session) => !ended.has(session.id) && (age() < maxAgeMs || sessionDirectory.isOpen(session)),

    async poll() {
      const sent = { uptime: uptime.now(), clock: clock.now() };
      // A clock that was ahead has removed entries too early.
      const since = sent.clock < lastPollSent.clock ? -1 : lastEndNumber;
      // After an error, another server may answer that has lost some rows: the next poll reads all of them again.
      lastEndNumber = -1;
      const { ended: newlyEnded, number } = await sessionDirectory.endedSince(since, clock.now());
      add(newlyEnded);
      lastEndNumber = number;
      lastPollSent = sent;
      sweep();
    },

    add,
    age,
    get size() {
      return ended.size;
    },
  };
};

/** Adds the sessions that a transaction ends to the list after the commit, before the client receives its response. */
export const revokingStorage = (storage: Storage, list: RevocationList): Storage => ({
  ...storage,
  async atomically(work) {
    let ended: EndedSession[] = [];
    const result = await storage.atomically((repositories) => {
      // A retried transaction runs the work again.
      ended = [];
      const { sessions } = repositories;
      const end: typeof sessions.end = async (...args) => {
        const endedNow = await sessions.end(...args);
        ended.push(...endedNow);
        return endedNow;
      };
      return work({ ...repositories, sessions: { ...sessions, end } });
    });
    list.add(ended);
    return result;
  },
});
