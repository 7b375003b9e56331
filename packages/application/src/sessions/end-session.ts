import { type Actor, type Client, isSessionId, refuse, unknownClient } from '@mentorship/domain';
import type { Ports } from '../ports/index.ts';
import { recordEvents } from '../security/record-events.ts';
import { endSessions } from './end-sessions.ts';

/** Ends a session of the actor. Throws `session_not_found` for an ended session, another user's, or an unknown id. */
export const endSession =
  ({ storage, clock, policy }: Pick<Ports, 'storage' | 'clock' | 'policy'>) =>
  async ({
    actor: { userId },
    sessionId,
    client = unknownClient,
  }: {
    actor: Actor;
    sessionId: string;
    client?: Client;
  }): Promise<void> => {
    if (!isSessionId(sessionId)) throw refuse('session_not_found');
    const ended = await storage.atomically((repositories) => {
      const at = clock.now();
      const record = recordEvents(policy, client, at);
      return endSessions(repositories, { userId, id: sessionId }, { reason: 'revoked', at, record });
    });
    if (ended === 0) throw refuse('session_not_found');
  };
