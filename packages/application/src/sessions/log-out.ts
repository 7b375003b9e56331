import { type Actor, type Client, decideRefresh, isLive, refuse, unknownClient } from '@mentorship/domain';
import type { Ports } from '../ports/index.ts';
import { recordEvents } from '../security/record-events.ts';
import { endReusedSession, endSessions } from './end-sessions.ts';

/** Which sessions a logout ends: the refresh token's, all others of the user, or all. */
export type LogoutScope = 'session' | 'others' | 'all';

/**
 * Ends sessions by a refresh token of the actor. Throws `logout_token_refused` for any other token, also for one whose
 * session has ended.
 */
export const logOut =
  ({ storage, tokenSigner, clock, policy }: Pick<Ports, 'storage' | 'tokenSigner' | 'clock' | 'policy'>) =>
  async ({
    actor,
    refresh,
    scope = 'session',
    client = unknownClient,
  }: {
    actor: Actor;
    refresh: string;
    scope?: LogoutScope;
    client?: Client;
  }): Promise<void> => {
    const claims = await tokenSigner.verify('refresh', refresh);
    if (claims === null || claims.user_id !== actor.userId) throw refuse('logout_token_refused');
    const { userId } = actor;
    const shown = { userId, id: claims.sid };
    const selection = { session: shown, others: { userId, except: claims.sid }, all: { userId } }[scope];
    const done = await storage.atomically(async (repositories) => {
      const at = clock.now();
      const session = await repositories.sessions.find(shown);
      if (session === null || !isLive(session, at)) return false;
      const record = recordEvents(policy, client, at);
      const { outcome } = decideRefresh(session, claims.generation ?? 0, at, policy);
      if (outcome === 'reused') {
        await endReusedSession(repositories, shown, { at, record });
        // A replaced token ends only its own session.
        return scope === 'session';
      }
      const ended = await endSessions(repositories, selection, { reason: 'logout', at, record });
      // Of two logouts at once, the second ends nothing and is refused.
      return scope !== 'session' || ended > 0;
    });
    if (!done) throw refuse('logout_token_refused');
  };
