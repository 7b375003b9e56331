import type { Instant, SessionEndReason } from '@mentorship/domain';
import type { Repositories, SessionReference, SessionSelection } from '../ports/index.ts';
import type { RecordEvents } from '../security/record-events.ts';

type Records = Pick<Repositories, 'sessions' | 'securityEvents'>;

/** Ends sessions and records a security event for each. Resolves to the number of ended sessions. */
export const endSessions = async (
  repositories: Records,
  selection: SessionSelection,
  { reason, at, record }: { reason: SessionEndReason; at: Instant; record: RecordEvents },
): Promise<number> => {
  const ended = await repositories.sessions.end(selection, reason, at);
  const { userId } = selection;
  const events = ended.map(({ id }) => ({ type: 'session_ended', userId, sessionId: id, reason }) as const);
  await record(repositories, ...events);
  return ended.length;
};

/** Ends a session whose replaced refresh token was used again: one of its two holders is a thief. */
export const endReusedSession = async (
  repositories: Records,
  session: SessionReference,
  { at, record }: { at: Instant; record: RecordEvents },
): Promise<void> => {
  await record(repositories, { type: 'refresh_token_reused', userId: session.userId, sessionId: session.id });
  await endSessions(repositories, session, { reason: 'refresh_token_reused', at, record });
};
