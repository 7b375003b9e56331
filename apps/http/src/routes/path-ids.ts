import { type Actor, parseUserId, refuse, type UserId } from '@mentorship/domain';
import type { FastifyRequest } from 'fastify';

/** The user that the URL names; oneself where it has no id. Throws `user_not_found` for an id that nobody can have. */
export const userIdOf = (request: FastifyRequest, actor: Actor): UserId => {
  const { id } = request.params as { id?: string };
  const userId = id === undefined ? actor.userId : parseUserId(id);
  if (userId === null) throw refuse('user_not_found');
  return userId;
};
