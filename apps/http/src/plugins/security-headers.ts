import type { FastifyInstance } from 'fastify';

const commonHeaders = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** For the responses that no hook reaches: those to connections that Node rejects, and to URLs that cannot be decoded. */
export const bareHeaders = { ...commonHeaders, 'cache-control': 'no-store' };

/** The headers that helmet sets too: for the reference page, which browsers render. */
const pageHeaders = {
  ...commonHeaders,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};

/** The responses of an API are data, never pages, and no cache keeps them (OWASP REST Security Cheat Sheet). */
const apiHeaders = { ...pageHeaders, 'cache-control': 'no-store' };

/** Sets the security headers and the request id of every response. */
export const setSecurityHeaders = (app: FastifyInstance): void => {
  app.addHook('onRequest', (request, reply, done) => {
    // The route's URL: the request's may be written in many ways (`/%61pi`).
    const isApi = request.routeOptions.url?.startsWith('/api') ?? true;
    reply.headers(isApi ? apiHeaders : pageHeaders).header('x-request-id', request.id);
    done();
  });
};
