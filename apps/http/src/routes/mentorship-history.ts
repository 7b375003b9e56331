import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Application, parseDepth, parsePageSize } from '@mentorship/application';
import { actorOf } from '../auth.ts';
import { parseGraphCursor, parseMentorshipCursor } from '../cursor.ts';
import { parseMoment } from '../moment.ts';
import { nextPageLink, problems, protectedRoute } from '../openapi.ts';
import { presentGraph, presentMentorships } from '../presenters.ts';
import { GraphQuery, MentorGraph } from '../schemas/graph.ts';
import { HistoryQuery, MentorshipList } from '../schemas/mentorships.ts';
import { UserParams } from '../schemas/users.ts';
import { userIdOf } from '../user-id.ts';

const tagged = { ...protectedRoute, tags: ['Mentorships'] };

/** What has been: between people, and of all of them at a moment. */
export const mentorshipHistoryRoutes: FastifyPluginAsyncTypebox<{ application: Application }> = async (
  app,
  { application: { viewHistory, viewGraph } },
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
        return reply.headers(headers).send(body);
      },
    );

  app.get(
    '/api/mentorships/graph',
    {
      schema: {
        ...tagged,
        operationId: 'viewGraph',
        summary: 'Who mentors whom, now or at a moment',
        description:
          'The tree below a mentor, or everyone. The `Link` header leads on, at the same moment, if there is more.',
        querystring: GraphQuery,
        response: {
          200: {
            description: 'A page of the graph.',
            headers: nextPageLink,
            content: { 'application/json': { schema: MentorGraph } },
          },
          ...problems(400, 401, 503),
        },
      },
    },
    async (request, reply) => {
      const { root, depth, at, limit, cursor } = request.query;
      const view = await viewGraph({
        root,
        ...(depth !== undefined && { depth: parseDepth(depth) }),
        ...(at !== undefined && { at: parseMoment(at) }),
        ...(limit !== undefined && { limit: parsePageSize(limit) }),
        ...(cursor !== undefined && { after: parseGraphCursor(cursor) }),
      });
      const { headers, body } = presentGraph(view, request.query);
      return reply.headers(headers).send(body);
    },
  );
};
