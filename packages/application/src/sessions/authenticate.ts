import { type Actor, refuse } from '@mentorship/domain';
import type { Ports } from '../ports/index.ts';

/**
 * Says whose access token this is. Throws `not_authenticated` without one and `access_token_refused` for a bad one.
 * An ended session is let in only where `endedToo` says so.
 */
export const authenticate =
  ({ tokenSigner, revocationList }: Pick<Ports, 'tokenSigner' | 'revocationList'>) =>
  async ({ token, endedToo = false }: { token: string | null; endedToo?: boolean }): Promise<Actor> => {
    if (token === null) throw refuse('not_authenticated');
    const claims = await tokenSigner.verify('access', token);
    if (claims === null) throw refuse('access_token_refused');
    const session = { id: claims.sid, userId: claims.user_id };
    if (!endedToo && !(await revocationList.isOpen(session))) throw refuse('access_token_refused');
    return { userId: session.userId, sessionId: session.id };
  };
