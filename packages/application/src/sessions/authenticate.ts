import { type Actor, refuse } from '@mentorship/domain';
import type { Ports } from '../ports/index.ts';

/**
 * Returns the user and session of an access token. Throws `not_authenticated` without a token, `access_token_refused`
 * for an invalid one or, unless `allowEndedSession` is set, for one whose session has ended.
 */
export const authenticate =
  ({ tokenSigner, revocationList }: Pick<Ports, 'tokenSigner' | 'revocationList'>) =>
  async ({
    token,
    allowEndedSession = false,
  }: {
    token: string | null;
    allowEndedSession?: boolean;
  }): Promise<Actor> => {
    if (token === null) throw refuse('not_authenticated');
    const claims = await tokenSigner.verify('access', token);
    if (claims === null) throw refuse('access_token_refused');
    const { user_id: userId, sid: sessionId } = claims;
    const isAllowed = allowEndedSession || (await revocationList.isOpen({ id: sessionId, userId }));
    if (!isAllowed) throw refuse('access_token_refused');
    return { userId, sessionId };
  };
