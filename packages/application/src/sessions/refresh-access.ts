import {
  accessUntil,
  type Client,
  decideRefresh,
  type Instant,
  isLive,
  issueClaims,
  issueRefreshClaims,
  refuse,
  type Session,
  unknownClient,
} from '@mentorship/domain';
import type { Policy, Ports, Repositories, SessionReference } from '../ports/index.ts';
import { type RecordEvents, recordEvents } from '../security/record-events.ts';
import { endReusedSession } from './end-sessions.ts';
import type { Tokens } from './log-in.ts';

/**
 * Issues a new access token for a live session, and the next refresh token if the policy rotates them.
 * Throws `refresh_token_refused` for any invalid token. A replaced token ends its session.
 */
export const refreshAccess =
  ({ storage, tokenSigner, clock, ids, policy }: Pick<Ports, 'storage' | 'tokenSigner' | 'clock' | 'ids' | 'policy'>) =>
  async ({
    refresh,
    client = unknownClient,
  }: {
    refresh: string;
    client?: Client;
  }): Promise<Pick<Tokens, 'access'> & Partial<Tokens>> => {
    const claims = await tokenSigner.verify('refresh', refresh);
    if (claims === null) throw refuse('refresh_token_refused');
    const shown = { id: claims.sid, userId: claims.user_id, generation: claims.generation ?? 0 };
    const now = clock.now();
    const record = recordEvents(policy, client, now);
    const session = await storage.atomically((repositories) =>
      acceptRefreshToken(repositories, shown, { policy, now, record }),
    );
    if (session === null) throw refuse('refresh_token_refused');

    const issue = () => ({ jti: ids.next(), now, ...policy });
    return {
      ...(policy.rotation && { refresh: await tokenSigner.sign(issueRefreshClaims(session, issue())) }),
      access: await tokenSigner.sign(issueClaims('access', session, issue())),
    };
  };

interface RefreshContext {
  readonly policy: Policy;
  readonly now: Instant;
  readonly record: RecordEvents;
}

/** Returns the session after its refresh token was used; null when no token may be issued. */
const acceptRefreshToken = async (
  repositories: Repositories,
  shown: SessionReference & Pick<Session, 'generation'>,
  context: RefreshContext,
): Promise<Session | null> => {
  const { sessions } = repositories;
  const { policy, now, record } = context;
  const session = await sessions.find(shown);
  if (session === null || !isLive(session, now)) return null;
  const until = accessUntil(now, policy.lifetimes);

  const decision = decideRefresh(session, shown.generation, now, policy);
  switch (decision.outcome) {
    case 'unknown':
      return null;
    case 'repeat':
      return (await sessions.extendAccess(shown, until, now)) ? session : null;
    case 'reused':
      await endReusedSession(repositories, shown, { at: now, record });
      return null;
    case 'rotate': {
      const { expiresAt } = decision;
      const next = { from: session.generation, expiresAt, accessUntil: until };
      if (await sessions.rotate(shown, next, now))
        return { ...session, generation: session.generation + 1, rotatedAt: now, expiresAt };
      // A concurrent refresh has rotated the session: the token is the previous one by now, and repeats.
      return acceptRefreshToken(repositories, shown, context);
    }
  }
};
