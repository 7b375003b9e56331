import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { transportProblems } from '../problems/transport-problems.ts';
import { handleClientError, handleProtocolErrors, toOriginForm } from '../plugins/client-errors.ts';
import { handleError } from '../problems/error-handler.ts';
import { rejectUnknownRoutes } from '../plugins/not-found.ts';
import { limitConnections, timeLimits } from '../process/connection-limits.ts';
import { listen } from '../process/listen.ts';
import { MetricsListenError } from './metrics-listen-error.ts';

/** How long a scraper may take to send its request. */
const requestTimeoutMs = 5000;
const timeouts = timeLimits(requestTimeoutMs);

const notFound = {
  ...transportProblems.not_found,
  detail: 'There is nothing at this URL. This port serves only GET /metrics.',
};

/** How many connections of scrapers are open at once. */
const maxConnections = 50;

/** The source of a scrape: a registry, or the sum of the registries of several workers. */
export interface ScrapedMetrics {
  readonly contentType: string;
  metrics(): Promise<string>;
}

interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** A server for `/metrics` alone, which does not listen yet. */
export const createMetricsServer = (scraped: ScrapedMetrics, log: FastifyBaseLogger): FastifyInstance => {
  const server: FastifyInstance = Fastify({
    clientErrorHandler: handleClientError([]),
    // Closing does not wait for a scraper that has sent half a request.
    forceCloseConnections: true,
    frameworkErrors: (error, _request, reply) => handleError(error, reply),
    logController: new LogController({ disableRequestLogging: true }),
    loggerInstance: log,
    ...timeouts,
    http: { ...timeouts.http, requireHostHeader: false },
    rewriteUrl: ({ url = '/' }) => toOriginForm(url),
    routerOptions: { ignoreTrailingSlash: true },
  });
  server.setErrorHandler((error, _request, reply) => handleError(error as Error, reply));
  handleProtocolErrors(server, [], 'GET, HEAD');
  limitConnections(server.server, maxConnections);
  rejectUnknownRoutes(server, notFound);
  server.get('/metrics', async (_request, reply) => {
    const metrics = await scraped.metrics();
    return reply.type(scraped.contentType).send(metrics);
  });
  return server;
};

/** Starts listening. Throws `MetricsListenError`. */
export const listenForScrapes = async (server: FastifyInstance, address: ListenAddress): Promise<void> => {
  const listenTextResolver = (url: string): string => `Metrics are served at ${url}/metrics`;
  await listen(server, { ...address, listenTextResolver }).catch((cause: unknown) => {
    throw new MetricsListenError('The metrics server cannot listen.', { cause });
  });
};

/** Serves the metrics from before the app listens until it has sent its last response. */
export const serveMetrics = (app: FastifyInstance, scraped: ScrapedMetrics, address: ListenAddress): void => {
  const server = createMetricsServer(scraped, app.log);
  app.decorate('metricsServer', server);
  app.addHook('onReady', () => listenForScrapes(server, address));
  app.addHook('onClose', () => server.close());
};
