import {
  type Application,
  isUnchanged,
  type ProfileUpdate as Update,
  requireYourself,
  type UserView,
} from '@mentorship/application';
import { refuse } from '@mentorship/domain';
import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { actorOf } from '../plugins/auth.ts';
import { clientOf } from './client.ts';
import { nextPageLink, protectedRoute } from '../docs/openapi.ts';
import { InvalidRequest } from '../problems/validation.ts';
import { problemResponses } from '../problems/problem-responses.ts';
import { parseUserCursor } from '../schemas/cursor.ts';
import { presentDetail, presentPage } from './presenters.ts';
import { ProfileUpdate, UserDetail, UserList, UserListQuery, UserParams } from '../schemas/users.ts';
import { ChangeHeaders, entityTag, notModified, ReadHeaders } from '../schemas/precondition-headers.ts';
import { parsePageSize } from '../schemas/query-values.ts';
import { acceptedBy, sendConditional } from './send-conditional.ts';
import { userIdOf } from './path-ids.ts';

export const userRoutes: FastifyPluginAsyncTypebox<{ application: Application }> = async (app, { application }) => {
  const { listUsers, viewUser, updateProfile } = application;

  app.get(
    '/api/users',
    {
      schema: {
        ...protectedRoute,
        operationId: 'listUsers',
        tags: ['Accounts'],
        summary: 'List users',
        description:
          'By ascending id, at most 1000 on a page. Users must match every filter. The `Link` header leads to the next page. ' +
          'A search examines a limited number of users, so a page may have fewer entries than `limit`, or none, and a `Link`.',
        querystring: UserListQuery,
        response: {
          200: {
            description: 'A page of users.',
            headers: nextPageLink,
            content: { 'application/json': { schema: UserList } },
          },
          ...problemResponses(400, 401, 503),
        },
      },
    },
    async (request, reply) => {
      const { limit, cursor, mentor, q: prefix, skill, has_mentor: hasMentor } = request.query;
      const page = await listUsers({
        ...(limit !== undefined && { limit: parsePageSize(limit) }),
        ...(cursor !== undefined && { after: parseUserCursor(cursor) }),
        mentor,
        prefix,
        skill,
        accepting: request.query.accepting !== undefined,
        hasMentor: hasMentor === undefined ? null : hasMentor === 'true',
        withMentoring: request.query.view !== undefined,
      });
      const { headers, body } = presentPage(page, request.query);
      reply.headers(headers);
      return body;
    },
  );

  // Your own detail has two URLs: `me` and your id.
  for (const { url, params, own } of [
    { url: '/api/users/me', params: undefined, own: true },
    { url: '/api/users/:id', params: UserParams, own: false },
  ]) {
    const operation = own ? 'OwnProfile' : 'User';
    const detail = {
      200: {
        description: 'The detail.',
        headers: { ...nextPageLink, ...entityTag },
        content: { 'application/json': { schema: UserDetail } },
      },
    };

    app.get(
      url,
      {
        schema: {
          ...protectedRoute,
          ...(params && { params }),
          operationId: `view${operation}`,
          tags: ['Accounts'],
          summary: own ? 'View your own account' : 'View a user',
          description: own ? 'With the hash of your password.' : 'Without `password`, unless the id is your own.',
          headers: ReadHeaders,
          response: { ...detail, ...notModified(nextPageLink), ...problemResponses(401, 404, 412, 503) },
        },
      },
      async (request, reply) => {
        const actor = actorOf(request);
        const detail = presentDetail(await viewUser({ actor, userId: userIdOf(request, actor) }));
        return sendConditional(request, reply, detail, () => refuse('precondition_failed'));
      },
    );

    app.patch(
      url,
      {
        attachValidation: true,
        onRequest: async (request) => {
          const actor = actorOf(request);
          requireYourself(actor, userIdOf(request, actor));
        },
        schema: {
          ...protectedRoute,
          ...(params && { params }),
          operationId: `update${operation}`,
          tags: ['Accounts'],
          summary: own ? 'Update your own account' : 'Update your own account by its id',
          description:
            'Changes all the fields that you send, or none. You may also send the other fields of the detail unchanged. ' +
            'With `If-Match`, the change is made only if the detail is still the one with this `ETag`.',
          headers: ChangeHeaders,
          body: ProfileUpdate,
          response: { ...detail, ...problemResponses(400, 401, 403, 404, 409, 412, 413, 415, 429, 503) },
        },
      },
      async (request, reply) => {
        const actor = actorOf(request);
        const userId = userIdOf(request, actor);
        await acceptUnchanged(request, () => viewUser({ actor, userId }));
        const view = await updateProfile({
          actor,
          userId,
          update: readUpdate(request.body),
          client: clientOf(request),
          accepts: acceptedBy(request),
        });
        const { headers, body } = presentDetail(view);
        reply.headers(headers);
        return body;
      },
    );
  }
};

/** Renames the fields of the API as in the application. Leaves out fields that were not sent. */
const readUpdate = ({
  mentor_username: mentorUsername,
  current_password: currentPassword,
  mentor_policy: mentorPolicy,
  mentor_capacity: mentorCapacity,
  ...update
}: Static<typeof ProfileUpdate>): Update => ({
  ...update,
  ...(mentorUsername !== undefined && { mentorUsername }),
  ...(currentPassword !== undefined && { currentPassword }),
  ...(mentorPolicy !== undefined && { mentorPolicy }),
  ...(mentorCapacity !== undefined && { mentorCapacity }),
});

/** Throws the error, but for fields of the body that are sent back as shown. */
const acceptUnchanged = async (
  { body, validationError: error }: Pick<FastifyRequest, 'body' | 'validationError'>,
  view: () => Promise<UserView>,
): Promise<void> => {
  if (!error) return;
  if (!(error instanceof InvalidRequest) || error.validationContext !== 'body') throw error;
  const [sent, shown] = [body, presentDetail(await view()).body] as Record<string, unknown>[];
  const errors = error.errors.filter(({ field }) => {
    const [name = ''] = field.split('.');
    return !(Object.hasOwn(shown ?? {}, name) && isUnchanged(sent?.[name], shown?.[name]));
  });
  if (errors.length > 0) throw new InvalidRequest(errors);
};
