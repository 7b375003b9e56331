import { join } from 'node:path';
import { openKyselyStore } from '@mentorship/adapters/kysely';
import type { HashCost } from '@mentorship/adapters/security';
import type { Store } from '@mentorship/adapters/store';
import type { Clock } from '@mentorship/application';
import { buildApp } from '@mentorship/http';
import { readConfig } from '@mentorship/http/config';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import { createClient, type Client } from './client.ts';
import { temporaryFolder } from '../temporary-folder.ts';

export type Service = { app: FastifyInstance; api: Client; stop(): Promise<void> };
export type ServiceOptions = {
  settings?: Record<string, string>;
  clock?: Clock;
  logger?: FastifyBaseLogger;
  /** Hashes passwords as in production. Otherwise a hash costs next to nothing. */
  safeHashes?: boolean;
};

const cheapHashes: HashCost = { memoryCost: 8, timeCost: 1, parallelism: 1 };

/** Starts the whole service, in memory unless the settings name another store. The caller stops it. */
export const startService = async ({ settings, safeHashes = false, ...options }: ServiceOptions = {}) => {
  const config = readConfig({
    DATABASE_URL: 'memory:',
    LOG_LEVEL: 'silent',
    REQUEST_BUDGET: 'off',
    PASSWORD_BUDGET: 'off',
    ...settings,
  });
  const app = await buildApp(config, { ...options, ...(!safeHashes && { hashCost: cheapHashes }) });
  const service: Service = { app, api: await createClient(app), stop: () => app.close() };
  return service;
};

/** Starts the service on a new SQLite file, and opens its store a second time, as another instance would. */
export const startOnSqlite = async (
  options: ServiceOptions = {},
): Promise<Service & { path: string; store: Store }> => {
  const folder = temporaryFolder();
  const path = join(folder.path, 'test.sqlite');
  const url = `sqlite:${path}`;
  const service = await startService({ ...options, settings: { ...options.settings, DATABASE_URL: url } });
  const store = await openKyselyStore(url);
  const stop = async () => {
    await service.stop();
    await store.close();
    folder.remove();
  };
  return { ...service, path, store, stop };
};

/** Starts the service, and stops it when the test ends. */
export const startForTest = async (options: ServiceOptions = {}): Promise<Service> =>
  stopAfterTest(await startService(options));

/** Starts the service on a new SQLite file, and stops it when the test ends. */
export const startOnSqliteForTest = async (options: ServiceOptions = {}) => stopAfterTest(await startOnSqlite(options));

const stopAfterTest = <Started extends Service>(service: Started): Started => {
  onTestFinished(service.stop);
  return service;
};

type LogLine = Record<string, unknown> & { level: number; msg: string };

/** A logger that logs everything and redacts nothing. */
export const memoryLog = () => {
  const chunks: string[] = [];
  const stream = { write: (chunk: string) => void chunks.push(chunk) };
  const logger = Fastify({ logger: { level: 'trace', stream } }).log;
  const text = () => chunks.join('');
  const lines = () =>
    text()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LogLine);
  return { logger, text, lines };
};
