import cors from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** How long a browser may cache the answer to a preflight, in seconds. */
const preflightMaxAge = 600;

/** Lets pages of these origins call the API from a browser and read its responses. Without origins, no page may. */
export const allowOrigins = async (app: FastifyInstance, origins: readonly string[]): Promise<void> => {
  if (origins.length === 0) return;
  const options = {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'If-Match'],
    exposedHeaders: ['ETag', 'Link', 'Location', 'Retry-After', 'X-Request-Id', 'WWW-Authenticate'],
    maxAge: preflightMaxAge,
    strictPreflight: false,
  };
  await app.register(cors, {
    // An OPTIONS request that is no preflight gets a 405, like any method that the URL does not support.
    delegator: async ({ headers }: FastifyRequest) => ({
      ...options,
      preflight: 'access-control-request-method' in headers,
    }),
  });
};
