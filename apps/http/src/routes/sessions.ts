import type { Application } from '@mentorship/application';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { actorOf } from '../plugins/auth.ts';
import { clientOf } from './client.ts';
import { protectedRoute } from '../docs/openapi.ts';
import { problemResponses } from '../problems/problem-responses.ts';
import { presentSession } from './presenters.ts';
import {
  Credentials,
  Logout,
  Refreshed,
  RefreshToken,
  SessionList,
  SessionParams,
  Tokens,
} from '../schemas/sessions.ts';

export const sessionRoutes: FastifyPluginAsyncTypebox<{ application: Application }> = async (app, { application }) => {
  const { logIn, logOut, refreshAccess, listSessions, endSession } = application;

  app.post(
    '/api/login',
    {
      config: { public: true },
      schema: {
        operationId: 'logIn',
        tags: ['Sessions'],
        summary: 'Log in and get JWT tokens',
        description:
          'Opens a session. Every failed login gets the same 401 `invalid_credentials`, whether or not the user exists.',
        body: Credentials,
        response: { 200: Tokens, ...problemResponses(400, 401, 413, 415, 429, 503) },
      },
    },
    (request) => logIn({ ...request.body, client: clientOf(request) }),
  );

  app.post(
    '/api/token/refresh',
    {
      config: { public: true },
      schema: {
        operationId: 'refreshAccess',
        tags: ['Sessions'],
        summary: 'Get a new access token',
        description:
          'The refresh token works until it expires or you log out. If the service rotates refresh tokens, the response has the next one.',
        body: RefreshToken,
        response: { 200: Refreshed, ...problemResponses(400, 401, 413, 415, 503) },
      },
    },
    (request) => refreshAccess({ ...request.body, client: clientOf(request) }),
  );

  app.post(
    '/api/logout',
    {
      config: { allowEndedSession: true },
      schema: {
        ...protectedRoute,
        operationId: 'logOut',
        tags: ['Sessions'],
        summary: 'Log out: revoke a refresh token',
        description:
          'Ends the session of one of your refresh tokens and revokes its access tokens at once. `scope` can end other ' +
          'sessions too. Any other token gets a 400 `token_not_valid`.',
        body: Logout,
        response: {
          205: Type.Unsafe<undefined>({
            type: 'null',
            description: 'The session has ended. The response has no body.',
          }),
          ...problemResponses(400, 401, 413, 415, 503),
        },
      },
    },
    async (request, reply) => {
      await logOut({ ...request.body, actor: actorOf(request), client: clientOf(request) });
      return reply.code(205).send();
    },
  );

  app.get(
    '/api/sessions',
    {
      schema: {
        ...protectedRoute,
        operationId: 'listSessions',
        tags: ['Sessions'],
        summary: 'List your sessions',
        description: 'The sessions in which you are logged in.',
        response: { 200: SessionList, ...problemResponses(401, 503) },
      },
    },
    async (request) => (await listSessions({ actor: actorOf(request) })).map(presentSession),
  );

  app.delete(
    '/api/sessions/:id',
    {
      schema: {
        ...protectedRoute,
        operationId: 'endSession',
        tags: ['Sessions'],
        summary: 'End one of your sessions',
        description: 'Revokes its tokens at once.',
        params: SessionParams,
        response: {
          204: Type.Unsafe<undefined>({
            type: 'null',
            description: 'The session has ended. The response has no body.',
          }),
          ...problemResponses(400, 401, 404, 413, 415, 503),
        },
      },
    },
    async (request, reply) => {
      await endSession({ actor: actorOf(request), sessionId: request.params.id, client: clientOf(request) });
      return reply.code(204).send();
    },
  );
};
