import { type Actor, refuse } from '@mentorship/domain';
import type { Ports } from '../ports/index.ts';

/** Ends the session of one's own refresh token. Throws `logout_token_refused` for any other token, ended ones included. */
export const logOut =
  ({ storage, tokenSigner, clock }: Pick<Ports, 'storage' | 'tokenSigner' | 'clock'>) =>
  async ({ actor, refresh }: { actor: Actor; refresh: string }): Promise<void> => {
    const claims = await tokenSigner.verify('refresh', refresh);
    if (claims === null || claims.user_id !== actor.userId) throw refuse('logout_token_refused');
    const session = { id: claims.sid, userId: claims.user_id };
    const ended = await storage.atomically(({ sessions }) => sessions.end(session, 'logout', clock.now()));
    if (!ended) throw refuse('logout_token_refused');
  };
