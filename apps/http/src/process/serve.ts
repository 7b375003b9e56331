import type { FastifyInstance } from 'fastify';
import { type AppOptions, buildApp } from '../app.ts';
import type { Config } from '../config.ts';
import { listen } from './listen.ts';
import { printBanner } from './banner.ts';
import { exitWithoutReader } from './log-output.ts';
import { lowerHashPriority } from './thread-priority.ts';
import { createLogger } from '../plugins/request-log.ts';
import { onStopSignal } from './signals.ts';

/** Opens the service and listens. Several workers each have a socket on the same port; the kernel balances between them. */
export const openService = async (config: Config, options: AppOptions = {}): Promise<FastifyInstance> => {
  await lowerHashPriority(config.HASH_NICENESS);
  const app = await buildApp(config, { logger: await createLogger(config), ...options });
  try {
    await listen(app, { host: config.HOST, port: config.PORT, reusePort: config.WORKERS > 1 });
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
};

/** Returns the function that stops the app. `hurried`, or a second call, ends the grace period. */
export const createStop = (app: FastifyInstance): ((hurried: boolean) => PromiseLike<void>) => {
  const hurry = new AbortController();
  let stopping: PromiseLike<void> | undefined;
  return (hurried) => {
    if (stopping || hurried) hurry.abort();
    stopping ??= app
      .stop(hurry.signal)
      .catch((error: unknown) => {
        app.log.error({ err: error }, 'The service could not shut down cleanly.');
        process.exitCode = 1;
      })
      .then(exitWithoutReader);
    return stopping;
  };
};

/** Serves in this process alone. */
export const serve = async (config: Config): Promise<void> => {
  const app = await openService(config);
  const stop = createStop(app);
  onStopSignal((signal) => {
    app.log.info({ signal }, 'The service stops.');
    // Ctrl-C: a person is waiting.
    void stop(signal === 'SIGINT');
  });
  printBanner(config, { url: app.listeningOrigin, metricsUrl: app.metricsServer?.listeningOrigin });
};
