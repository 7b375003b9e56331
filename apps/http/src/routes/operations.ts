import type { Application } from '@mentorship/application';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { problems } from '../problems/problem-responses.ts';
import { Health, JsonWebKeySet } from '../schemas/operations.ts';

export const operationRoutes: FastifyPluginAsyncTypebox<{ application: Application }> = async (
  app,
  { application },
) => {
  const { verificationKeys, checkReadiness } = application;

  app.get(
    '/.well-known/jwks.json',
    {
      config: { public: true },
      schema: {
        operationId: 'listVerificationKeys',
        tags: ['Operations'],
        summary: 'The keys that verify tokens',
        response: { 200: JsonWebKeySet },
      },
    },
    () => ({ keys: verificationKeys() }),
  );

  app.get(
    '/healthz',
    {
      config: { public: true },
      schema: {
        operationId: 'checkHealth',
        tags: ['Operations'],
        summary: 'The process is alive',
        response: { 200: Health },
      },
    },
    () => ({ status: 'ok' }),
  );

  app.get(
    '/readyz',
    {
      config: { public: true },
      schema: {
        operationId: 'checkReadiness',
        tags: ['Operations'],
        summary: 'The database answers',
        response: { 200: Health, ...problems(503) },
      },
    },
    async () => {
      await checkReadiness();
      return { status: 'ready' };
    },
  );
};
