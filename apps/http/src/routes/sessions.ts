import type { Application } from '@mentorship/application';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { actorOf } from '../auth.ts';
import { problems, protectedRoute } from '../openapi.ts';
import { AccessToken, Credentials, RefreshToken, Tokens } from '../schemas/sessions.ts';

export const sessionRoutes: FastifyPluginAsyncTypebox<{ application: Application }> = async (app, { application }) => {
  const { logIn, logOut, refreshAccess } = application;

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
        response: { 200: Tokens, ...problems(400, 401, 413, 415, 503) },
      },
    },
    (request) => logIn(request.body),
  );

  app.post(
    '/api/token/refresh',
    {
      config: { public: true },
      schema: {
        operationId: 'refreshAccess',
        tags: ['Sessions'],
        summary: 'Refresh access token',
        description: 'The same refresh token works again and again, until logout or expiry.',
        body: RefreshToken,
        response: { 200: AccessToken, ...problems(400, 401, 413, 415, 503) },
      },
    },
    (request) => refreshAccess(request.body),
  );

  app.post(
    '/api/logout',
    {
      config: { endedToo: true },
      schema: {
        ...protectedRoute,
        operationId: 'logOut',
        tags: ['Sessions'],
        summary: 'Blacklist refresh token',
        description: 'Ends the session of one of your own refresh tokens. Any other token is a 400 `token_not_valid`.',
        body: RefreshToken,
        response: {
          205: Type.Unsafe<undefined>({ type: 'null', description: 'The session has ended. No body.' }),
          ...problems(400, 401, 413, 415, 503),
        },
      },
    },
    async (request, reply) => {
      await logOut({ actor: actorOf(request), refresh: request.body.refresh });
      return reply.code(205).send();
    },
  );
};
