import './thread-pool.ts';
import './compile-cache.ts';
import type { FastifyInstance } from 'fastify';
import type { Config } from './config.ts';

// Only what is imported later than the cache is kept in it.
const { loadEnvFile } = await import('@mentorship/adapters/environment');
const { buildApp } = await import('./app.ts');
const { readConfig } = await import('./config.ts');
const { standBack } = await import('./hashing-threads.ts');
const { createLogger } = await import('./log.ts');
const { explainStartFailure } = await import('./start-failure.ts');

const start = async (config: Config): Promise<void> => {
  await standBack(config.HASH_NICENESS);
  const app = await buildApp(config, { logger: await createLogger(config) });
  try {
    await app.listen({ host: config.HOST, port: config.PORT });
  } catch (error) {
    await app.close();
    throw error;
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(app, signal));
  greet(app);
};

/** On standard error: standard output has the logs. */
const greet = (app: FastifyInstance): void => {
  const url = app.listeningOrigin;
  const metrics = app.metricsServer ? `Metrics:                  ${app.metricsServer.listeningOrigin}/metrics\n` : '';
  process.stderr.write(`
Mentorship API listens on ${url}
API reference:            ${url}/docs
${metrics}Register a user:          curl -i ${url}/api/registration -H 'Content-Type: application/json' -d '{"username": "alice", "password": "12345678"}'

`);
};

let stopping: PromiseLike<unknown> | undefined;
const hurry = new AbortController();

/** Ctrl-C is for somebody who waits, and so is a second signal: they end the grace. */
const stop = (app: FastifyInstance, signal: NodeJS.Signals): void => {
  if (stopping || signal === 'SIGINT') hurry.abort();
  stopping ??= app.stop(hurry.signal).catch((error: unknown) => {
    app.log.error({ err: error }, 'The service could not close cleanly.');
    process.exitCode = 1;
  });
};

try {
  loadEnvFile();
  await start(readConfig(process.env));
} catch (error) {
  process.stderr.write(`${explainStartFailure(error)}\n`);
  process.exitCode = 1;
}
