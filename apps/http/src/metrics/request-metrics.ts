import { Counter, Histogram, type Registry } from '@prometheus-io/client';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isUnknown } from '../plugins/not-found.ts';

/** In seconds: from a response out of memory to the longest that a request may take. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const methods: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

/** Fixed values only: a client that sends random URLs or methods must not create new series. */
const labelsOf = (request: FastifyRequest) => ({
  method: methods.has(request.method) ? request.method : 'other',
  route: (isUnknown(request) ? undefined : request.routeOptions.url) ?? 'unknown',
});

/** Counts the requests that reach the router and measures their duration. */
export const measureRequests = (app: FastifyInstance, registry: Registry): void => {
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests by method, route and status. The status is aborted if the client disconnected before the response.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its response, in seconds.',
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
