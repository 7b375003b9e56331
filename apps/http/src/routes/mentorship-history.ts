import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Application } from '@mentorship/application';
import { actorOf } from '../plugins/auth.ts';
import { parseMentorshipCursor } from '../schemas/cursor.ts';
import { nextPageLink, protectedRoute } from '../docs/openapi.ts';
import { problemResponses } from '../problems/problem-responses.ts';
import { presentMentorships } from './presenters.ts';
import { HistoryQuery, MentorshipList } from '../schemas/mentorships.ts';
import { UserParams } from '../schemas/users.ts';
import { parsePageSize } from '../schemas/query-values.ts';
import { userIdOf } from './path-ids.ts';

const tagged = { ...protectedRoute, tags: ['Mentorships'] };

export const mentorshipHistoryRoutes: FastifyPluginAsyncTypebox<{ application: Application }> = async (
  app,
  { application: { viewHistory } },
) => {
  for (const { url, params, operationId } of [
    { url: '/api/users/me/mentorships', params: undefined, operationId: 'viewOwnHistory' },
    { url: '/api/users/:id/mentorships', params: UserParams, operationId: 'viewHistory' },
  ])
    app.get(
      url,
      {
        schema: {
          ...tagged,
          ...(params && { params }),
          operationId,
          summary: params ? 'View the history that you share with a user' : 'View your own history',
          description: params
            ? 'The mentorships and requests between you and this user, newest first. With your own id: all of yours.'
            : 'All your mentorships and requests, newest first.',
          querystring: HistoryQuery,
          response: {
            200: {
              description: 'A page of mentorships.',
              headers: nextPageLink,
              content: { 'application/json': { schema: MentorshipList } },
            },
            ...problemResponses(400, 401, 403, 404, 503),
          },
        },
      },
      async (request, reply) => {
        const { limit, cursor } = request.query;
        const actor = actorOf(request);
        const page = await viewHistory({
          actor,
          userId: userIdOf(request, actor),
          ...(limit !== undefined && { limit: parsePageSize(limit) }),
          ...(cursor !== undefined && { before: parseMentorshipCursor(cursor) }),
        });
        const { id = 'me' } = request.params as { id?: string };
        const { headers, body } = presentMentorships(page, `/api/users/${id}/mentorships`, { limit });
        reply.headers(headers);
        return body;
      },
    );
};
