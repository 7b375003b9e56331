import { type Actor, type MentorshipId, parseMentorshipId, parseUserId, refuse, type UserId } from '@mentorship/domain';
import type { FastifyRequest } from 'fastify';

/** The user in the URL; the actor if the URL has no id. Throws `user_not_found` for a malformed id. */
export const userIdOf = (request: FastifyRequest, actor: Actor): UserId => {
  const { id } = request.params as { id?: string };
  const userId = id === undefined ? actor.userId : parseUserId(id);
  if (userId === null) throw refuse('user_not_found');
  return userId;
};

/** Throws `mentorship_not_found` for a malformed id. */
export const mentorshipIdOf = ({ id }: { readonly id: string }): MentorshipId => {
  const mentorshipId = parseMentorshipId(id);
  if (mentorshipId === null) throw refuse('mentorship_not_found');
  return mentorshipId;
};
