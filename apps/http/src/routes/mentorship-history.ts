import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Application } from '@mentorship/application';
import { actorOf } from '../plugins/auth.ts';
import { parseMentorshipCursor } from '../schemas/cursor.ts';
import { nextPageLink, protectedRoute } from '../docs/openapi.ts';
import { problems } from '../problems/problem-responses.ts';
import { presentMentorships } from './presenters.ts';
import { HistoryQuery, MentorshipList } from '../schemas/mentorships.ts';
import { UserParams } from '../schemas/users.ts';
import { parsePageSize } from '../schemas/query-values.ts';
import { userIdOf } from './path-ids.ts';

const tagged = { ...protectedRoute, tags: ['Mentorships'] };

/** What has been between people. */
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
          summary: params ? 'The history of a user' : 'Your own history',
          description: params
            ? 'Of yourself all mentorships and requests; of another those between the two of you. The newest first.'
            : 'All your mentorships and requests, the newest first.',
          querystring: HistoryQuery,
          response: {
            200: {
              description: 'A page of mentorships.',
              headers: nextPageLink,
              content: { 'application/json': { schema: MentorshipList } },
            },
            ...problems(400, 401, 403, 404, 503),
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
