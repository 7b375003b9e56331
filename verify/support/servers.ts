import { startServer, type OwnServer } from '../../tests/support/processes/postgres-server.ts';
import { type Service, startService } from '../../tests/support/processes/service.ts';

export type Services = [Service, ...Service[]];

/** Starts processes of the service on one database, without request logs. */
export const startServices = async (
  count: number,
  settings: Record<string, string>,
): Promise<AsyncDisposable & { services: Services }> => {
  const environment = { LOG_LEVEL: 'error', REGISTRATION_BUDGET: 'off', REQUEST_BUDGET: 'off', ...settings };
  const start = () => startService(environment);
  // One after another: the first one migrates the schema.
  const services: Services = [await start()];
  while (services.length < count) services.push(await start());
  const dispose = async () => void (await Promise.all(services.map((service) => service[Symbol.asyncDispose]())));
  return { services, [Symbol.asyncDispose]: dispose };
};

/** Starts a PostgreSQL server with these settings; the service uses its database `postgres`. */
export const startPostgres = async (
  settings: Record<string, string | number> = {},
): Promise<AsyncDisposable & OwnServer> => {
  const server = await startServer(settings);
  return { ...server, [Symbol.asyncDispose]: server.stop };
};
