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
 * Issues a new access token for a live session, and its next refresh token where the policy rotates them.
 * Throws `refresh_token_refused`, whatever is wrong with the token; one that had been replaced ends the session.
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
    const session = await storage.atomically((repositories) => present(repositories, shown, { policy, now, record }));
    if (session === null) throw refuse('refresh_token_refused');

    const issue = () => ({ jti: ids.next(), now, ...policy });
    return {
      ...(policy.rotation && { refresh: await tokenSigner.sign(issueRefreshClaims(session, issue())) }),
      access: await tokenSigner.sign(issueClaims('access', session, issue())),
    };
  };

interface Presentation {
  readonly policy: Policy;
  readonly now: Instant;
  readonly record: RecordEvents;
}

/** The session as it is after its refresh token was shown; null when nothing may be issued for it. */
const present = async (
  repositories: Repositories,
  shown: SessionReference & Pick<Session, 'generation'>,
  presentation: Presentation,
): Promise<Session | null> => {
  const { sessions } = repositories;
  const { policy, now, record } = presentation;
  const session = await sessions.find(shown);
  if (session === null || !isLive(session, now)) return null;
  const until = accessUntil(now, policy.lifetimes);

  const decision = decideRefresh(session, shown.generation, now, policy);
  switch (decision.kind) {
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
      // Another tab was faster: by now this token is the one before.
      return present(repositories, shown, presentation);
    }
  }
};
