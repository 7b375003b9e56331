import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Application } from '@mentorship/application';
import { parseGraphCursor } from '../schemas/cursor.ts';
import { parseTimestamp } from '../schemas/timestamp.ts';
import { nextPageLink, protectedRoute } from '../docs/openapi.ts';
import { presentGraph } from './presenters.ts';
import { problemResponses } from '../problems/problem-responses.ts';
import { GraphQuery, MentorGraph } from '../schemas/graph.ts';
import { parseDepth, parsePageSize } from '../schemas/query-values.ts';

export const graphRoutes: FastifyPluginAsyncTypebox<{ application: Application }> = async (
  app,
  { application: { viewGraph } },
) => {
  app.get(
    '/api/mentorships/graph',
    {
      schema: {
        ...protectedRoute,
        tags: ['Mentorships'],
        operationId: 'viewGraph',
        summary: 'View the graph of mentors, now or in the past',
        description:
          'The tree below `root`, or all mentors and mentees. The `Link` header leads to the next page of the same state; ' +
          'a page may have fewer edges than `limit`, even none, and a `Link`.',
        querystring: GraphQuery,
        response: {
          200: {
            description: 'A page of the graph.',
            headers: nextPageLink,
            content: { 'application/json': { schema: MentorGraph } },
          },
          ...problemResponses(400, 401, 503),
        },
      },
    },
    async (request, reply) => {
      const { root, depth, at, limit, cursor } = request.query;
      const view = await viewGraph({
        root,
        ...(depth !== undefined && { depth: parseDepth(depth) }),
        ...(at !== undefined && { at: parseTimestamp(at) }),
        ...(limit !== undefined && { limit: parsePageSize(limit) }),
        ...(cursor !== undefined && { after: parseGraphCursor(cursor) }),
      });
      const { headers, body } = presentGraph(view, request.query);
      reply.headers(headers);
      return body;
    },
  );
};
