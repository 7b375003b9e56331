import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** Headers of the OWASP REST Security Cheat Sheet: an API's answers are data, never pages, and nobody caches them. */
export const protectAnswers = (app: FastifyInstance): void => {
  app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    xFrameOptions: { action: 'deny' },
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    if (request.url.startsWith('/api')) reply.header('cache-control', 'no-store');
  });
};
