import type { Clock, EndedSession, RevocationList, SessionDirectory, Storage } from '@mentorship/application';
import { type Instant, rememberedUntil } from '@mentorship/domain';

/** How long what a poll has seen may be relied upon, from the moment it was sent, in milliseconds. */
const longestAge = 750;

/** How often entries that are over are looked for, in milliseconds. */
const sweepInterval = 10_000;

export interface PolledRevocationList extends RevocationList {
  /** Reads what has ended since the last time. Throws what the store throws. */
  poll(): Promise<void>;
  /** For how long nothing has been heard of the store, in milliseconds; infinite before the first time. */
  age(): number;
  /** How many ended sessions are remembered. */
  readonly size: number;
}

/**
 * The ended sessions whose access tokens could otherwise be good, kept up to date by polling. While the last poll that
 * succeeded was sent a moment ago, a session that is not in it is good; when it was not, the store is asked, and when
 * that does not answer either, nobody is let in.
 */
export const createRevocationList = ({
  sessionDirectory,
  clock,
  uptime = { now: () => performance.now() },
}: {
  sessionDirectory: SessionDirectory;
  clock: Clock;
  /** How long this process has been running: unlike the clock's, this time is never set back. */
  uptime?: Pick<Clock, 'now'>;
}): PolledRevocationList => {
  const ended = new Map<string, Instant>();
  let number = -1;
  let sent = { uptime: Number.NEGATIVE_INFINITY, clock: Number.NEGATIVE_INFINITY };
  let swept = uptime.now();

  // A machine that sleeps stops the one; whoever sets the time back stops the other.
  const age = () => Math.max(uptime.now() - sent.uptime, clock.now() - sent.clock);
  const add = (sessions: readonly EndedSession[]) => {
    for (const session of sessions) ended.set(session.id, rememberedUntil(session));
  };
  const sweep = () => {
    if (uptime.now() - swept < sweepInterval) return;
    swept = uptime.now();
    const now = clock.now();
    for (const [id, until] of ended) if (until <= now) ended.delete(id);
  };

  return {
    isOpen: async (session) => !ended.has(session.id) && (age() < longestAge || sessionDirectory.isOpen(session)),

    async poll() {
      const sending = { uptime: uptime.now(), clock: clock.now() };
      const since = number;
      // After a fault it may be another server that answers, one that has lost some ends: everything is read anew.
      number = -1;
      const ends = await sessionDirectory.endedSince(since, clock.now());
      add(ends.ended);
      number = ends.number;
      sent = sending;
      sweep();
    },

    add,
    age,
    get size() {
      return ended.size;
    },
  };
};

/** The storage, which tells the list what a transaction has ended once it is committed and before anyone is answered. */
export const revokingStorage = (storage: Storage, list: RevocationList): Storage => ({
  ...storage,
  async atomically(work) {
    let ended: EndedSession[] = [];
    const result = await storage.atomically((repositories) => {
      // The work may run more than once.
      ended = [];
      const { sessions } = repositories;
      const end: typeof sessions.end = async (...which) => {
        const now = await sessions.end(...which);
        ended = [...ended, ...now];
        return now;
      };
      return work({ ...repositories, sessions: { ...sessions, end } });
    });
    list.add(ended);
    return result;
  },
});
