import { randomUUID } from 'node:crypto';
import type { Clock } from '@mentorship/application';
import { storeWarnings } from '@mentorship/adapters/kysely';
import { type HashCost, openPasswordRules } from '@mentorship/adapters/security';
import fastifyJwt from '@fastify/jwt';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Config } from './config.ts';
import {
  createContainer,
  KEY_RING,
  openStore,
  PASSWORD_HASHER,
  resolveApplication,
  REVOCATION_LIST,
} from './container.ts';
import { serveReference } from './docs/reference-page.ts';
import { describeApi } from './docs/openapi.ts';
import { openMetrics, type TakeMetrics } from './metrics/open-metrics.ts';
import { requireAuthentication } from './plugins/auth.ts';
import { rejectSlowBodies } from './plugins/body-timeout.ts';
import { handleClientError, handleProtocolErrors, toOriginForm } from './plugins/client-errors.ts';
import { allowOrigins, bareCorsHeaders } from './plugins/cors.ts';
import { acceptJsonOnly } from './plugins/json-parser.ts';
import { lazySchemas } from './plugins/lazy-schemas.ts';
import { rejectUnknownRoutes } from './plugins/not-found.ts';
import { logResponses } from './plugins/request-log.ts';
import { pollRevocationsAndKeys } from './plugins/revocation-polling.ts';
import { bareHeaders, setSecurityHeaders } from './plugins/security-headers.ts';
import { setStoreDeadline } from './plugins/store-deadline.ts';
import { reportUnbelievedProxies } from './plugins/unbelieved-proxies.ts';
import { handleError } from './problems/error-handler.ts';
import { validationOptions } from './problems/validation.ts';
import { limitConnections, timeLimits } from './process/connection-limits.ts';
import { shutDownGracefully } from './process/graceful-shutdown.ts';
import { accountRoutes } from './routes/account.ts';
import { graphRoutes } from './routes/graph.ts';
import { mentorshipHistoryRoutes } from './routes/mentorship-history.ts';
import { mentorshipRoutes } from './routes/mentorships.ts';
import { operationRoutes } from './routes/operations.ts';
import { registrationRoutes } from './routes/registration.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { userRoutes } from './routes/users.ts';

export interface AppOptions {
  /** Logs nothing without one. */
  readonly logger?: FastifyBaseLogger;
  /** The system's clock by default. */
  readonly clock?: Clock;
  /** Receives the metrics; without it the app serves them itself. */
  readonly takeMetrics?: TakeMetrics;
  /** For tests, which hash more cheaply than is safe. No setting changes it. */
  readonly hashCost?: HashCost;
}

/**
 * Builds the complete service, which does not listen yet: opens and migrates the store, and registers all routes.
 * Closing the app closes the store.
 */
export const buildApp = async (config: Config, options: AppOptions = {}): Promise<FastifyInstance> => {
  const app = createServer(config, options);
  try {
    await assemble(app, config, options);
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
};

/** How long a request may take to arrive. */
const requestTimeoutMs = 15_000;
const timeouts = timeLimits(requestTimeoutMs);

const createServer = (config: Config, { logger }: AppOptions): FastifyInstance =>
  Fastify({
    ...(logger && { loggerInstance: logger }),
    ...validationOptions(config.PASSWORD_POLICY),
    bodyLimit: 64 * 1024,
    clientErrorHandler: handleClientError(config.CORS_ORIGINS),
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) =>
      handleError(
        error,
        reply.headers({
          ...bareHeaders,
          ...bareCorsHeaders(config.CORS_ORIGINS, request.headers.origin ?? null),
          'x-request-id': request.id,
        }),
      ),
    genReqId: () => randomUUID(),
    ...timeouts,
    http: { ...timeouts.http, requireHostHeader: false },
    keepAliveTimeout: 72_000,
    logController: new LogController({ disableRequestLogging: true }),
    rewriteUrl: ({ url = '/' }) => toOriginForm(url),
    return503OnClosing: false,
    schemaController: lazySchemas,
    // As long as Node's limit for headers, so that an id of any length gets the same 404.
    trustProxy: config.TRUST_PROXY.length > 0 && config.TRUST_PROXY,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16 * 1024 },
  });

const assemble = async (app: FastifyInstance, config: Config, options: AppOptions): Promise<void> => {
  const { clock, takeMetrics, hashCost } = options;
  for (const warning of storeWarnings(config.DATABASE_URL)) app.log.warn(warning);
  const store = await openStore(config);
  app.addHook('onClose', () => store.close());

  app.setErrorHandler((error, _request, reply) => handleError(error as Error, reply));
  setSecurityHeaders(app);
  logResponses(app);
  // Before anything that rejects a request, so that pages can read the reason.
  await allowOrigins(app, config.CORS_ORIGINS);
  shutDownGracefully(app, config.SHUTDOWN_GRACE);
  setStoreDeadline(app);
  acceptJsonOnly(app);
  handleProtocolErrors(app, config.CORS_ORIGINS);
  limitConnections(app.server, Math.max(1, Math.floor(config.MAX_CONNECTIONS / config.WORKERS)));
  rejectSlowBodies(app);
  rejectUnknownRoutes(app);

  // Every call passes its own key, so these functions never run.
  const noKey = async (): Promise<never> => Promise.reject(new Error('A token was signed or verified without a key.'));
  await app.register(fastifyJwt, { secret: { private: noKey, public: noKey } });
  const passwordRules = await openPasswordRules(config.PASSWORD_POLICY);
  const container = createContainer(config, {
    store,
    jwt: app.jwt,
    passwordRules,
    ...(clock && { clock }),
    ...(hashCost && { hashCost }),
  });
  const [keyRing, revocationList] = [container.resolve(KEY_RING), container.resolve(REVOCATION_LIST)];
  const passwordHasher = container.resolve(PASSWORD_HASHER);
  const measure = await openMetrics(app, config, { store, keyRing, revocationList, passwordHasher }, takeMetrics);
  const application = resolveApplication(container, measure);
  reportUnbelievedProxies(app, config.TRUST_PROXY, application.reportProxy);
  await pollRevocationsAndKeys(app, { keyRing, revocationList });

  requireAuthentication(app, application);
  describeApi(app);
  for (const routes of [
    registrationRoutes,
    sessionRoutes,
    userRoutes,
    accountRoutes,
    mentorshipRoutes,
    mentorshipHistoryRoutes,
    graphRoutes,
    operationRoutes,
  ])
    await app.register(routes, { application });
  serveReference(app);
};
