import { accessUntil, issueClaims, refuse } from '@mentorship/domain';
import type { Ports } from '../ports/index.ts';

/** Issues a new access token for a live session. Throws `refresh_token_refused`, whatever is wrong with the token. */
export const refreshAccess =
  ({
    storage,
    tokenSigner,
    clock,
    ids,
    policy: { lifetimes },
  }: Pick<Ports, 'storage' | 'tokenSigner' | 'clock' | 'ids' | 'policy'>) =>
  async ({ refresh }: { refresh: string }): Promise<{ access: string }> => {
    const claims = await tokenSigner.verify('refresh', refresh);
    if (claims === null) throw refuse('refresh_token_refused');
    const session = { id: claims.sid, userId: claims.user_id };
    const now = clock.now();
    const live = await storage.atomically(({ sessions }) =>
      sessions.extendAccess(session, accessUntil(now, lifetimes), now),
    );
    if (!live) throw refuse('refresh_token_refused');
    return { access: await tokenSigner.sign(issueClaims('access', session, { jti: ids.next(), now, lifetimes })) };
  };
