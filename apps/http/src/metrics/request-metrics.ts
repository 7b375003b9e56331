import { Counter, Histogram, type Registry } from '@prometheus-io/client';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isUnknown } from '../plugins/not-found.ts';

/** In seconds: from an answer out of memory to the longest that a request may take. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const methods: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

/** Never what the client has written: whoever makes up URLs or methods must not make up series. */
const labelsOf = (request: FastifyRequest) => ({
  method: methods.has(request.method) ? request.method : 'other',
  route: (isUnknown(request) ? undefined : request.routeOptions.url) ?? 'unknown',
});

/** Counts the requests that get as far as the router, and how long their answers take. */
export const measureRequests = (app: FastifyInstance, registry: Registry): void => {
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests by method, route and status; the status is aborted where the client went away before its answer.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'From the head of a request to the end of its answer.',
    labelNames: ['method', 'route'],
    buckets,
    registers: [registry],
  });

  app.addHook('onResponse', async (request, reply) => {
    const labels = labelsOf(request);
    durations.observe(labels, reply.elapsedTime / 1000);
    requests.inc({ ...labels, status: String(reply.statusCode) });
  });
  app.addHook('onRequestAbort', async (request) => requests.inc({ ...labelsOf(request), status: 'aborted' }));
};
