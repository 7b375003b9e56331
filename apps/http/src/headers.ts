import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** What also those answers carry that no hook reaches: Node's own refusals, and URLs that cannot be decoded. */
export const bareHeaders = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

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
    // The route's URL: the request's may be percent-encoded (`/%61pi`).
    if ((request.routeOptions.url ?? request.url).startsWith('/api')) reply.header('cache-control', 'no-store');
  });
};
