import cors from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** How long a browser may remember what it was allowed, in seconds. */
const remembered = 600;

/** Lets the pages of these origins call the API from a browser, and read what they need of the answer; none: no page may. */
export const allowOrigins = async (app: FastifyInstance, origins: readonly string[]): Promise<void> => {
  if (origins.length === 0) return;
  const options = {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'If-Match'],
    exposedHeaders: ['ETag', 'Link', 'Location', 'Retry-After', 'X-Request-Id', 'WWW-Authenticate'],
    maxAge: remembered,
    strictPreflight: false,
  };
  await app.register(cors, {
    // An OPTIONS that asks for nothing is a method that no URL has.
    delegator: async ({ headers }: FastifyRequest) => ({
      ...options,
      preflight: 'access-control-request-method' in headers,
    }),
  });
};
