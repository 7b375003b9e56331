import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Application } from '@mentorship/application';
import { type MentorshipId, parseMentorshipId, refuse } from '@mentorship/domain';
import { Type } from 'typebox';
import { actorOf } from '../plugins/auth.ts';
import { parseMentorshipCursor } from '../schemas/cursor.ts';
import { versionsOf } from '../schemas/entity-tag.ts';
import { nextPageLink, protectedRoute } from '../docs/openapi.ts';
import { problems } from '../problems/problem-responses.ts';
import { presentMentorship, presentMentorships } from './presenters.ts';
import {
  entityTag,
  Mentorship,
  MentorshipChange,
  MentorshipList,
  MentorshipParams,
  MentorshipQuery,
  MentorshipRequest,
} from '../schemas/mentorships.ts';
import { parsePageSize, parseStatuses } from '../schemas/query-values.ts';

/** The graph is no mentorship: another method there is a 405. */
const oneUrl = '/api/mentorships/:id(^(?!graph$)[^]+)';

const tagged = { ...protectedRoute, tags: ['Mentorships'] };
const one = (description: string, headers = {}) => ({
  description,
  headers: { ...entityTag, ...headers },
  content: { 'application/json': { schema: Mentorship } },
});

export const mentorshipRoutes: FastifyPluginAsyncTypebox<{ application: Application }> = async (
  app,
  { application: { requestMentorship, listMentorships, viewMentorship, changeMentorship } },
) => {
  app.post(
    '/api/mentorships',
    {
      schema: {
        ...tagged,
        operationId: 'requestMentorship',
        summary: 'Ask for a mentor, or offer to be one',
        description:
          'It waits until it is answered, cancelled or expired. A mentor and a mentee have one at a time, a mentee five that they sent.',
        body: MentorshipRequest,
        response: {
          201: one('The request.', { Location: { type: 'string', description: 'The URL of the request.' } }),
          ...problems(400, 401, 409, 413, 415, 503),
        },
      },
    },
    async (request, reply) => {
      const { headers, body } = presentMentorship(
        await requestMentorship({ actor: actorOf(request), request: request.body }),
      );
      return reply
        .code(201)
        .headers({ ...headers, location: `/api/mentorships/${body.id}` })
        .send(body);
    },
  );

  app.get(
    '/api/mentorships',
    {
      schema: {
        ...tagged,
        operationId: 'listMentorships',
        summary: 'List your mentorships',
        description: 'As a mentor and as a mentee, open ones and those that are over; the newest first.',
        querystring: MentorshipQuery,
        response: {
          200: {
            description: 'A page of mentorships.',
            headers: nextPageLink,
            content: { 'application/json': { schema: MentorshipList } },
          },
          ...problems(400, 401, 503),
        },
      },
    },
    async (request, reply) => {
      const { role, status, limit, cursor } = request.query;
      const page = await listMentorships({
        actor: actorOf(request),
        role,
        ...(status !== undefined && { statuses: parseStatuses(status) }),
        ...(limit !== undefined && { limit: parsePageSize(limit) }),
        ...(cursor !== undefined && { before: parseMentorshipCursor(cursor) }),
      });
      const { headers, body } = presentMentorships(page, '/api/mentorships', request.query);
      reply.headers(headers);
      return body;
    },
  );

  app.get(
    oneUrl,
    {
      schema: {
        ...tagged,
        operationId: 'viewMentorship',
        summary: 'Retrieve one of your mentorships',
        description: 'Its two sides see it, and nobody else.',
        params: MentorshipParams,
        response: { 200: one('The mentorship.'), ...problems(401, 404, 503) },
      },
    },
    async (request, reply) => {
      const mentorshipId = mentorshipIdOf(request.params);
      const { headers, body } = presentMentorship(await viewMentorship({ actor: actorOf(request), mentorshipId }));
      reply.headers(headers);
      return body;
    },
  );

  app.patch(
    oneUrl,
    {
      schema: {
        ...tagged,
        operationId: 'changeMentorship',
        summary: 'Accept, decline, cancel, complete or end',
        description:
          'With `If-Match` only if it is still the version that you read. Accepting makes the mentor the mentee’s only one, and cancels all other requests of the mentee.',
        params: MentorshipParams,
        headers: Type.Object({
          'if-match': Type.Optional(Type.String({ description: 'The `ETag` that you read.', examples: ['"1"'] })),
        }),
        body: MentorshipChange,
        response: { 200: one('As it is now.'), ...problems(400, 401, 404, 409, 412, 413, 415, 503) },
      },
    },
    async (request, reply) => {
      const changed = await changeMentorship({
        actor: actorOf(request),
        mentorshipId: mentorshipIdOf(request.params),
        change: request.body,
        versions: versionsOf(request.headers['if-match']),
      });
      const { headers, body } = presentMentorship(changed);
      reply.headers(headers);
      return body;
    },
  );
};

/** Throws `mentorship_not_found` for an id that nothing can have. */
const mentorshipIdOf = ({ id }: { readonly id: string }): MentorshipId => {
  const mentorshipId = parseMentorshipId(id);
  if (mentorshipId === null) throw refuse('mentorship_not_found');
  return mentorshipId;
};
