import { randomUUID } from 'node:crypto';
import type { Clock } from '@mentorship/application';
import { type HashCost, openPasswordRules } from '@mentorship/adapters/security';
import fastifyJwt from '@fastify/jwt';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { requireAuthentication } from './plugins/auth.ts';
import type { Config } from './config.ts';
import { warnOfUnknownProxy } from './routes/client.ts';
import { allowOrigins } from './plugins/cors.ts';
import {
  createContainer,
  KEY_RING,
  openStore,
  PASSWORD_HASHER,
  resolveApplication,
  REVOCATION_LIST,
} from './container.ts';
import { serveReference } from './docs/docs.ts';
import { shutDownGracefully } from './process/graceful-shutdown.ts';
import { bareHeaders, setSecurityHeaders } from './plugins/security-headers.ts';
import { parseJson } from './plugins/json-parser.ts';
import { lazySchemas } from './plugins/lazy-schemas.ts';
import { logAnswers } from './plugins/request-log.ts';
import { openMetrics, type TakeMetrics } from './metrics/open-metrics.ts';
import { refuseConnection, handleProtocolErrors } from './plugins/client-errors.ts';
import { setStoreDeadline } from './plugins/store-deadline.ts';
import { describeApi } from './docs/openapi.ts';
import { renderFailure } from './problems/error-handler.ts';
import { refuseSlowBodies } from './plugins/body-timeout.ts';
import { accountRoutes } from './routes/account.ts';
import { graphRoutes } from './routes/graph.ts';
import { mentorshipHistoryRoutes } from './routes/mentorship-history.ts';
import { mentorshipRoutes } from './routes/mentorships.ts';
import { operationRoutes } from './routes/operations.ts';
import { registrationRoutes } from './routes/registration.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { userRoutes } from './routes/users.ts';
import { pollRevocationsAndKeys } from './plugins/revocation-polling.ts';
import { refuseUnknownRoutes } from './plugins/not-found.ts';
import { checksOf } from './problems/validation.ts';

const second = 1000;

export interface AppOptions {
  readonly logger?: FastifyBaseLogger;
  readonly clock?: Clock;
  readonly takeMetrics?: TakeMetrics;
  /** Tests alone hash more cheaply than is safe: no setting reaches this. */
  readonly hashCost?: HashCost;
}

/** The whole service but its port: the store open and migrated, every route registered. Closing it closes the store. */
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

const createServer = (config: Config, { logger }: AppOptions): FastifyInstance =>
  Fastify({
    ...(logger && { loggerInstance: logger }),
    ...checksOf(config.PASSWORD_POLICY),
    bodyLimit: 64 * 1024,
    clientErrorHandler: refuseConnection,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) =>
      renderFailure(error, reply.headers({ ...bareHeaders, 'x-request-id': request.id })),
    genReqId: () => randomUUID(),
    http: { requireHostHeader: false },
    keepAliveTimeout: 72 * second,
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: 15 * second,
    return503OnClosing: false,
    schemaController: lazySchemas,
    // As long as Node's own limit for headers: an id of any length is told like any other that nobody has.
    trustProxy: config.TRUST_PROXY.length > 0 && config.TRUST_PROXY,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16 * 1024 },
  });

const assemble = async (app: FastifyInstance, config: Config, options: AppOptions): Promise<void> => {
  const { clock, takeMetrics, hashCost } = options;
  const store = await openStore(config);
  app.addHook('onClose', () => store.close());

  app.setErrorHandler((error, _request, reply) => renderFailure(error as Error, reply));
  shutDownGracefully(app, config.SHUTDOWN_GRACE);
  setSecurityHeaders(app);
  logAnswers(app);
  warnOfUnknownProxy(app, config.TRUST_PROXY);
  setStoreDeadline(app);
  parseJson(app);
  await allowOrigins(app, config.CORS_ORIGINS);
  handleProtocolErrors(app);
  refuseSlowBodies(app);
  refuseUnknownRoutes(app);

  // Every call brings its own key: these are never asked.
  const noKey = async (): Promise<never> =>
    Promise.reject(new Error('A token was signed or verified without its key.'));
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
