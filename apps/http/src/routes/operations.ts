import type { Application } from '@mentorship/application';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { problemResponses } from '../problems/problem-responses.ts';
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
        summary: 'List the public keys that verify tokens',
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
        summary: 'Check that the process is alive',
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
        summary: 'Check that the service is ready: its database answers',
        response: { 200: Health, ...problemResponses(503) },
      },
    },
    async () => {
      await checkReadiness();
      return { status: 'ready' };
    },
  );
};
