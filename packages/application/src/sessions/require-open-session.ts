import { type Actor, isOpen, refuse } from '@mentorship/domain';
import type { Repositories } from '../ports/index.ts';

/**
 * Checks within the transaction that the actor's session is still open: it may have ended since the request was
 * authenticated. Throws `access_token_refused`.
 */
export const requireOpenSession = async (
  { sessions }: Pick<Repositories, 'sessions'>,
  { userId, sessionId }: Actor,
): Promise<void> => {
  const session = await sessions.find({ id: sessionId, userId });
  if (session === null || !isOpen(session)) throw refuse('access_token_refused');
};
