import type { Instant, SessionEndReason } from '@mentorship/domain';
import type { Repositories, SessionSelection } from '../ports/index.ts';
import type { NoteEvents } from '../security/note-events.ts';

/** Ends sessions and says so in the record of security events. Resolves to how many have ended. */
export const endSessions = async (
  repositories: Pick<Repositories, 'sessions' | 'securityEvents'>,
  which: SessionSelection,
  { reason, at, note }: { reason: SessionEndReason; at: Instant; note: NoteEvents },
): Promise<number> => {
  const ended = await repositories.sessions.end(which, reason, at);
  const { userId } = which;
  await note(
    repositories,
    ...ended.map(({ id }) => ({ type: 'session_ended', userId, sessionId: id, reason }) as const),
  );
  return ended.length;
};
