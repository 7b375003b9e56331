import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** How long a browser may remember what it was allowed, in seconds. */
const remembered = 600;

/** Lets the pages of these origins call the API from a browser, and read what they need of the answer; none: no page may. */
export const allowOrigins = async (app: FastifyInstance, origins: readonly string[]): Promise<void> => {
  if (origins.length === 0) return;
  await app.register(cors, {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type'],
    exposedHeaders: ['Link', 'Location', 'Retry-After', 'X-Request-Id', 'WWW-Authenticate'],
    maxAge: remembered,
    strictPreflight: false,
  });
};
