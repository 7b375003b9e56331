import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { edgeProblems } from '../problems/transport-problems.ts';
import { refuseConnection } from '../plugins/client-errors.ts';
import { renderFailure } from '../problems/error-handler.ts';
import { refuseUnknownRoutes } from '../plugins/not-found.ts';
import { MetricsListenError } from './metrics-listen-error.ts';

/** How long a scraper may take to send its request, in milliseconds. */
const longestRequest = 5000;

const nothingElse = {
  ...edgeProblems.not_found,
  detail: 'There is nothing at this URL. GET /metrics is all there is on this port.',
};

/** What a scrape asks: a registry, or what sums up those of several processes. */
export interface ScrapedMetrics {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** Answers `/metrics` and nothing else, once it listens. */
export const createMetricsServer = (scraped: ScrapedMetrics, log: FastifyBaseLogger): FastifyInstance => {
  const server: FastifyInstance = Fastify({
    clientErrorHandler: refuseConnection,
    // The process does not wait for a scraper that has sent half a request.
    forceCloseConnections: true,
    frameworkErrors: (error, _request, reply) => renderFailure(error, reply),
    logController: new LogController({ disableRequestLogging: true }),
    loggerInstance: log,
    requestTimeout: longestRequest,
    routerOptions: { ignoreTrailingSlash: true },
  });
  server.setErrorHandler((error, _request, reply) => renderFailure(error as Error, reply));
  refuseUnknownRoutes(server, nothingElse);
  server.get('/metrics', async (_request, reply) => {
    const metrics = await scraped.metrics();
    return reply.type(scraped.contentType).send(metrics);
  });
  return server;
};

/** Throws `MetricsListenError`. */
export const listenForScrapes = async (
  server: FastifyInstance,
  where: { readonly host: string; readonly port: number },
): Promise<void> => {
  const listenTextResolver = (address: string): string => `Metrics are served at ${address}/metrics`;
  await server.listen({ ...where, listenTextResolver }).catch((cause: unknown) => {
    throw new MetricsListenError('The metrics cannot be served.', { cause });
  });
};

/** Serves the metrics from before the app listens until it has answered its last request. */
export const serveMetrics = (
  app: FastifyInstance,
  scraped: ScrapedMetrics,
  where: { readonly host: string; readonly port: number },
): void => {
  const server = createMetricsServer(scraped, app.log);
  app.decorate('metricsServer', server);
  app.addHook('onReady', () => listenForScrapes(server, where));
  app.addHook('onClose', () => server.close());
};
