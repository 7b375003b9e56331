import { type Actor, type Client, decideRefresh, isLive, refuse, unknownClient } from '@mentorship/domain';
import type { Ports } from '../ports/index.ts';
import { recordEvents } from '../security/record-events.ts';
import { endReusedSession, endSessions } from './end-sessions.ts';

/** Which sessions a logout ends: the one of the refresh token, all others, or all. */
export type LogoutScope = 'session' | 'others' | 'all';

/** Ends sessions by one's own refresh token. Throws `logout_token_refused` for any other token, ended ones included. */
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
    const which = { session: { userId, id: claims.sid }, others: { userId, except: claims.sid }, all: { userId } }[
      scope
    ];
    const done = await storage.atomically(async (repositories) => {
      const at = clock.now();
      const shown = { userId, id: claims.sid };
      const session = await repositories.sessions.find(shown);
      if (session === null || !isLive(session, at)) return false;
      const record = recordEvents(policy, client, at);
      const { kind } = decideRefresh(session, claims.generation ?? 0, at, policy);
      if (kind === 'reused') {
        await endReusedSession(repositories, shown, { at, record });
        // That is all that a token which was replaced can end.
        return scope === 'session';
      }
      const ended = await endSessions(repositories, which, { reason: 'logout', at, record });
      // Of two logouts at once one comes too late.
      return scope !== 'session' || ended > 0;
    });
    if (!done) throw refuse('logout_token_refused');
  };
