import './thread-pool.ts';
import { existsSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { buildApp } from './app.ts';
import { type Config, readConfig } from './config.ts';
import { createLogger } from './log.ts';
import { explainStartFailure } from './start-failure.ts';

const start = async (config: Config): Promise<void> => {
  const app = await buildApp(config, { logger: createLogger(config) });
  try {
    await app.listen({ host: config.HOST, port: config.PORT });
  } catch (error) {
    await app.close();
    throw error;
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(app));
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

/** Answers what is in flight or on its way, then closes. A second signal changes nothing. */
const stop = (app: FastifyInstance): void => {
  stopping ??= app.close().then(undefined, (error: unknown) => {
    app.log.error({ err: error }, 'The service could not close cleanly.');
    process.exitCode = 1;
  });
};

try {
  if (existsSync('.env')) process.loadEnvFile('.env');
  await start(readConfig(process.env));
} catch (error) {
  process.stderr.write(`${explainStartFailure(error)}\n`);
  process.exitCode = 1;
}
