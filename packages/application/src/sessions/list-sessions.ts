import { type Actor, maxOpenSessions } from '@mentorship/domain';
import type { Ports, SessionListEntry } from '../ports/index.ts';

export interface SessionView extends SessionListEntry {
  /** Whether this is the actor's own session. */
  readonly current: boolean;
}

/** Lists the actor's open sessions, the newest first. */
export const listSessions =
  ({ sessionDirectory, clock }: Pick<Ports, 'sessionDirectory' | 'clock'>) =>
  async ({ actor: { userId, sessionId } }: { actor: Actor }): Promise<SessionView[]> => {
    const sessions = await sessionDirectory.list({ userId, now: clock.now(), limit: maxOpenSessions });
    return sessions.map((session) => ({ ...session, current: session.id === sessionId }));
  };
