import type { Registry } from '@prometheus-io/client';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { edgeProblems } from '../edge-problems.ts';
import { refuseConnection } from '../node-refusals.ts';
import { renderFailure } from '../send-problem.ts';
import { refuseUnknownRoutes } from '../unknown-routes.ts';

/** The metrics cannot be served where they should be; the cause says why. */
export class MetricsListenError extends Error {}

/** How long a scraper may take to send its request, in milliseconds. */
const longestRequest = 5000;

const nothingElse = {
  ...edgeProblems.not_found,
  detail: 'There is nothing at this URL. GET /metrics is all there is on this port.',
};

/** Serves the metrics from before the app listens until it has answered its last request. */
export const serveMetrics = (
  app: FastifyInstance,
  registry: Registry,
  where: { readonly host: string; readonly port: number },
): void => {
  const server: FastifyInstance = Fastify({
    clientErrorHandler: refuseConnection,
    // The process does not wait for a scraper that has sent half a request.
    forceCloseConnections: true,
    frameworkErrors: (error, _request, reply) => renderFailure(error, reply),
    logController: new LogController({ disableRequestLogging: true }),
    loggerInstance: app.log,
    requestTimeout: longestRequest,
    routerOptions: { ignoreTrailingSlash: true },
  });
  server.setErrorHandler((error, _request, reply) => renderFailure(error as Error, reply));
  refuseUnknownRoutes(server, nothingElse);
  server.get('/metrics', async (_request, reply) => {
    const metrics = await registry.metrics();
    return reply.type(registry.contentType).send(metrics);
  });

  const listenTextResolver = (address: string): string => `Metrics are served at ${address}/metrics`;
  app.decorate('metricsServer', server);
  app.addHook('onReady', async () => {
    await server.listen({ ...where, listenTextResolver }).catch((cause: unknown) => {
      throw new MetricsListenError('The metrics cannot be served.', { cause });
    });
  });
  app.addHook('onClose', () => server.close());
};
