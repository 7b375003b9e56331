import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Application } from '@mentorship/application';
import { Type } from 'typebox';
import { actorOf } from '../plugins/auth.ts';
import { clientOf } from './client.ts';
import { parseEventCursor } from '../schemas/cursor.ts';
import { nextPageLink, protectedRoute } from '../docs/openapi.ts';
import { problemResponses } from '../problems/problem-responses.ts';
import { presentEvents } from './presenters.ts';
import { ChangeHeaders } from '../schemas/precondition-headers.ts';
import { acceptedBy } from './send-conditional.ts';
import { SecurityEventList, SecurityEventQuery } from '../schemas/events.ts';
import { AccountEnd } from '../schemas/users.ts';
import { parsePageSize } from '../schemas/query-values.ts';

export const accountRoutes: FastifyPluginAsyncTypebox<{ application: Application }> = async (
  app,
  { application: { listEvents, endAccount } },
) => {
  app.get(
    '/api/users/me/events',
    {
      schema: {
        ...protectedRoute,
        operationId: 'listEvents',
        tags: ['Accounts'],
        summary: 'List your security events',
        description:
          'Logins, failed logins, ended sessions and so on, newest first. The `Link` header leads to the next page.',
        querystring: SecurityEventQuery,
        response: {
          200: {
            description: 'A page of security events.',
            headers: nextPageLink,
            content: { 'application/json': { schema: SecurityEventList } },
          },
          ...problemResponses(400, 401, 503),
        },
      },
    },
    async (request, reply) => {
      const { limit, cursor } = request.query;
      const page = await listEvents({
        actor: actorOf(request),
        ...(limit !== undefined && { limit: parsePageSize(limit) }),
        ...(cursor !== undefined && { before: parseEventCursor(cursor) }),
      });
      const { headers, body } = presentEvents(page, request.query);
      reply.headers(headers);
      return body;
    },
  );

  app.delete(
    '/api/users/me',
    {
      schema: {
        ...protectedRoute,
        operationId: 'endAccount',
        tags: ['Accounts'],
        summary: 'End your account',
        description:
          'Ends your sessions and mentorships, and erases your username, contact data and password. The history of other users shows a pseudonym. You cannot undo this.',
        headers: ChangeHeaders,
        body: AccountEnd,
        response: {
          204: Type.Unsafe<undefined>({
            type: 'null',
            description: 'The account has ended. The response has no body.',
          }),
          ...problemResponses(400, 401, 412, 413, 415, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const { current_password: currentPassword } = request.body;
      await endAccount({
        actor: actorOf(request),
        currentPassword,
        client: clientOf(request),
        accepts: acceptedBy(request),
      });
      return reply.code(204).send();
    },
  );
};
