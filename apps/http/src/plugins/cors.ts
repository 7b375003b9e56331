import cors from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** How long a browser may cache the answer to a preflight, in seconds. */
const preflightMaxAge = 600;

/** The response headers that tell a client something, but for those that every page may read (Fetch Standard, CORS-safelisted). */
const exposedHeaders = [
  'Accept-Encoding',
  'Allow',
  'Date',
  'ETag',
  'Link',
  'Location',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-Id',
];

/** Whether a browser asks if a page may send a request (Fetch Standard, CORS-preflight). */
export const isPreflight = ({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): boolean =>
  method === 'OPTIONS' && 'access-control-request-method' in headers && 'origin' in headers;

/** Lets pages of these origins call the API from a browser and read its responses. Without origins, no page may. */
export const allowOrigins = async (app: FastifyInstance, origins: readonly string[]): Promise<void> => {
  if (origins.length === 0) return;
  const options = {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    // Allows every header that a preflight asks for: tracing and libraries add theirs, and no cookie needs protection.
    allowedHeaders: null as unknown as string[],
    exposedHeaders,
    maxAge: preflightMaxAge,
    strictPreflight: false,
  };
  await app.register(cors, {
    // Any other OPTIONS request gets a 405, like any method that the URL does not support.
    delegator: async (request: FastifyRequest) => ({
      ...options,
      preflight: isPreflight(request) && origins.includes(request.headers.origin ?? ''),
    }),
  });
};

/**
 * The CORS headers of a response that no hook reaches. `undefined` is the origin of a request that has not arrived
 * completely: these problems are the same for every client, so any page may read one.
 */
export const bareCorsHeaders = (
  origins: readonly string[],
  origin: string | null | undefined,
): Readonly<Record<string, string>> => {
  if (origins.length === 0) return {};
  const [only = '*', ...others] = origins;
  const allowed = origin === undefined ? (others.length === 0 ? only : '*') : origins.find((one) => one === origin);
  return {
    vary: 'Origin',
    ...(allowed !== undefined && {
      'access-control-allow-origin': allowed,
      'access-control-expose-headers': exposedHeaders.join(', '),
    }),
  };
};
