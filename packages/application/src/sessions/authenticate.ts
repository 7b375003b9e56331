import { type Actor, refuse, type TokenClaims } from '@mentorship/domain';
import type { Ports } from '../ports/index.ts';

/**
 * Says whose access token this is, at once where that is known: every request begins with it. Rejects with
 * `not_authenticated` without a token and with `access_token_refused` for a bad one. An ended session is let in only where
 * `allowEndedSession` says so.
 */
export const authenticate = ({ tokenSigner, revocationList }: Pick<Ports, 'tokenSigner' | 'revocationList'>) => {
  const letIn = (claims: TokenClaims | null, allowEndedSession: boolean): Actor | Promise<Actor> => {
    if (claims === null) return Promise.reject(refuse('access_token_refused'));
    const actor = { userId: claims.user_id, sessionId: claims.sid };
    const open = allowEndedSession || revocationList.isOpen({ id: claims.sid, userId: claims.user_id });
    if (open === true) return actor;
    return Promise.resolve(open).then((open) => (open ? actor : Promise.reject(refuse('access_token_refused'))));
  };

  return ({
    token,
    allowEndedSession = false,
  }: {
    token: string | null;
    allowEndedSession?: boolean;
  }): Actor | Promise<Actor> => {
    if (token === null) return Promise.reject(refuse('not_authenticated'));
    const claims = tokenSigner.verify('access', token);
    return claims instanceof Promise
      ? claims.then((claims) => letIn(claims, allowEndedSession))
      : letIn(claims, allowEndedSession);
  };
};
