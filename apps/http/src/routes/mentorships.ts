import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Application } from '@mentorship/application';
import { DomainError } from '@mentorship/domain';
import { actorOf } from '../plugins/auth.ts';
import { parseMentorshipCursor } from '../schemas/cursor.ts';
import { preconditionOf, toEntityTag } from '../schemas/entity-tag.ts';
import { ChangeHeaders, entityTag, notModified, ReadHeaders } from '../schemas/precondition-headers.ts';
import { nextPageLink, protectedRoute } from '../docs/openapi.ts';
import { problemResponses } from '../problems/problem-responses.ts';
import { mentorshipIdOf } from './path-ids.ts';
import { sendConditional } from './send-conditional.ts';
import { presentMentorship, presentMentorships } from './presenters.ts';
import {
  Mentorship,
  MentorshipChange,
  MentorshipList,
  MentorshipParams,
  MentorshipQuery,
  MentorshipRequest,
} from '../schemas/mentorships.ts';
import { parsePageSize, parseStatuses } from '../schemas/query-values.ts';

/** Excludes `graph`, so that other methods on `/api/mentorships/graph` get a 405. */
const mentorshipUrl = '/api/mentorships/:id(^(?!graph$)[^]+)';

const tagged = { ...protectedRoute, tags: ['Mentorships'] };
const mentorshipResponse = (description: string, headers = {}) => ({
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
          'The request stays open until it is answered, cancelled or expires. Two users can have one open request, and a mentee can have sent at most five.',
        body: MentorshipRequest,
        response: {
          201: mentorshipResponse('The request.', {
            Location: { type: 'string', description: 'The URL of the request.' },
          }),
          ...problemResponses(400, 401, 409, 413, 415, 429, 503),
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
        description: 'As a mentor and as a mentee, with all statuses, newest first.',
        querystring: MentorshipQuery,
        response: {
          200: {
            description: 'A page of mentorships.',
            headers: nextPageLink,
            content: { 'application/json': { schema: MentorshipList } },
          },
          ...problemResponses(400, 401, 503),
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
    mentorshipUrl,
    {
      schema: {
        ...tagged,
        operationId: 'viewMentorship',
        summary: 'View one of your mentorships',
        description: 'Only its mentor and its mentee can see it.',
        params: MentorshipParams,
        headers: ReadHeaders,
        response: {
          200: mentorshipResponse('The mentorship.'),
          ...notModified(),
          ...problemResponses(401, 404, 412, 503),
        },
      },
    },
    async (request, reply) => {
      const mentorshipId = mentorshipIdOf(request.params);
      const mentorship = presentMentorship(await viewMentorship({ actor: actorOf(request), mentorshipId }));
      const { version } = mentorship.body;
      return sendConditional(request, reply, mentorship, () => new DomainError('version_mismatch', { version }));
    },
  );

  app.patch(
    mentorshipUrl,
    {
      schema: {
        ...tagged,
        operationId: 'changeMentorship',
        summary: 'Accept, decline, cancel, complete or end a mentorship',
        description:
          'With `If-Match`, the change is made only if the mentorship still has this version. Accepting a request replaces the mentee’s current mentor and cancels their other requests.',
        params: MentorshipParams,
        headers: ChangeHeaders,
        body: MentorshipChange,
        response: {
          200: mentorshipResponse('The mentorship after the change.'),
          ...problemResponses(400, 401, 404, 409, 412, 413, 415, 503),
        },
      },
    },
    async (request, reply) => {
      const accepts = preconditionOf(request.headers);
      const changed = await changeMentorship({
        actor: actorOf(request),
        mentorshipId: mentorshipIdOf(request.params),
        change: request.body,
        accepts: accepts && ((version) => accepts(toEntityTag(version))),
      });
      const { headers, body } = presentMentorship(changed);
      reply.headers(headers);
      return body;
    },
  );
};
