import { type Actor, isOpen, refuse } from '@mentorship/domain';
import type { Repositories } from '../ports/index.ts';

/**
 * Within the transaction that the actor's word is good for: the session may have ended since it was let in, because a
 * body can take its time. Throws `access_token_refused`.
 */
export const requireOpenSession = async (
  { sessions }: Pick<Repositories, 'sessions'>,
  { userId, sessionId }: Actor,
): Promise<void> => {
  const session = await sessions.find({ id: sessionId, userId });
  if (session === null || !isOpen(session)) throw refuse('access_token_refused');
};
