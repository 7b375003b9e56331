import type { Application } from '@mentorship/application';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { actorOf } from '../plugins/auth.ts';
import { clientOf } from './client.ts';
import { protectedRoute } from '../docs/openapi.ts';
import { problems } from '../problems/problem-responses.ts';
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
        summary: 'Get JWT tokens',
        description: 'Opens a session. Every failure is one 401 `invalid_credentials`, whether the user exists or not.',
        body: Credentials,
        response: { 200: Tokens, ...problems(400, 401, 413, 415, 429, 503) },
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
        summary: 'Refresh access token',
        description:
          'The same refresh token works again and again, until logout or expiry; where the service rotates them, you get the next one.',
        body: RefreshToken,
        response: { 200: Refreshed, ...problems(400, 401, 413, 415, 503) },
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
        summary: 'Blacklist refresh token',
        description:
          'Ends the session of one of your own refresh tokens, and its access tokens at once; `scope` names more. ' +
          'Any other token is a 400 `token_not_valid`.',
        body: Logout,
        response: {
          205: Type.Unsafe<undefined>({ type: 'null', description: 'The session has ended. No body.' }),
          ...problems(400, 401, 413, 415, 503),
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
        description: 'Where you are logged in.',
        response: { 200: SessionList, ...problems(401, 503) },
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
        description: 'Its tokens are refused from now on.',
        params: SessionParams,
        response: {
          204: Type.Unsafe<undefined>({ type: 'null', description: 'The session has ended. No body.' }),
          ...problems(400, 401, 404, 413, 415, 503),
        },
      },
    },
    async (request, reply) => {
      await endSession({ actor: actorOf(request), sessionId: request.params.id, client: clientOf(request) });
      return reply.code(204).send();
    },
  );
};
