import './thread-pool.ts';
import { loadEnvFile } from '@mentorship/adapters/environment';
import type { FastifyInstance } from 'fastify';
import { buildApp } from './app.ts';
import { type Config, readConfig } from './config.ts';
import { standBack } from './hashing-threads.ts';
import { createLogger } from './log.ts';
import { explainStartFailure } from './start-failure.ts';

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
