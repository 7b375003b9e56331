import type { Instant, SessionEndReason } from '@mentorship/domain';
import type { Repositories, SessionReference, SessionSelection } from '../ports/index.ts';
import type { RecordEvents } from '../security/record-events.ts';

type Records = Pick<Repositories, 'sessions' | 'securityEvents'>;

/** Ends sessions and says so in the record of security events. Resolves to how many have ended. */
export const endSessions = async (
  repositories: Records,
  which: SessionSelection,
  { reason, at, record }: { reason: SessionEndReason; at: Instant; record: RecordEvents },
): Promise<number> => {
  const ended = await repositories.sessions.end(which, reason, at);
  const { userId } = which;
  const told = ended.map(({ id }) => ({ type: 'session_ended', userId, sessionId: id, reason }) as const);
  await record(repositories, ...told);
  return ended.length;
};

/** Ends a session of which a refresh token was shown that had been replaced: one of two holders is a thief. */
export const endReusedSession = async (
  repositories: Records,
  session: SessionReference,
  { at, record }: { at: Instant; record: RecordEvents },
): Promise<void> => {
  await record(repositories, { type: 'refresh_token_reused', userId: session.userId, sessionId: session.id });
  await endSessions(repositories, session, { reason: 'refresh_token_reused', at, record });
};
