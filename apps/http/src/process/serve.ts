import type { FastifyInstance } from 'fastify';
import { type AppOptions, buildApp } from '../app.ts';
import type { Config } from '../config.ts';
import { printBanner } from './banner.ts';
import { lowerHashPriority } from './thread-priority.ts';
import { createLogger } from '../plugins/request-log.ts';
import { stopSignals } from './signals.ts';

/** The whole service, listening. Several processes have a socket each on the one port, among which the system shares out. */
export const openService = async (config: Config, options: AppOptions = {}): Promise<FastifyInstance> => {
  await lowerHashPriority(config.HASH_NICENESS);
  const app = await buildApp(config, { logger: await createLogger(config), ...options });
  try {
    await app.listen({ host: config.HOST, port: config.PORT, ...(config.WORKERS > 1 && { reusePort: true }) });
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
};

/** How to stop it. Who is in a hurry, or asks again, ends the grace. */
export const stopperOf = (app: FastifyInstance): ((hurried: boolean) => PromiseLike<void>) => {
  const hurry = new AbortController();
  let stopping: PromiseLike<void> | undefined;
  return (hurried) => {
    if (stopping || hurried) hurry.abort();
    stopping ??= app.stop(hurry.signal).catch((error: unknown) => {
      app.log.error({ err: error }, 'The service could not close cleanly.');
      process.exitCode = 1;
    });
    return stopping;
  };
};

/** The service in this process alone. */
export const serve = async (config: Config): Promise<void> => {
  const app = await openService(config);
  const stop = stopperOf(app);
  // Ctrl-C is for somebody who waits.
  for (const signal of stopSignals) process.on(signal, () => void stop(signal === 'SIGINT'));
  printBanner(app.listeningOrigin, app.metricsServer?.listeningOrigin);
};
