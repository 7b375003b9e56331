import { startServer, type OwnServer } from '../../tests/support/processes/postgres-server.ts';
import { type Service, startService } from '../../tests/support/processes/service.ts';

export type Services = [Service, ...Service[]];

/** So many processes of the service on one database. They write no log of requests, which would only cost time. */
export const startServices = async (
  count: number,
  settings: Record<string, string>,
): Promise<AsyncDisposable & { services: Services }> => {
  const environment = { LOG_LEVEL: 'error', ...settings };
  const start = () => startService(environment);
  // One after another: the first brings the schema up to date.
  const services: Services = [await start()];
  while (services.length < count) services.push(await start());
  const dispose = async () => void (await Promise.all(services.map((service) => service[Symbol.asyncDispose]())));
  return { services, [Symbol.asyncDispose]: dispose };
};

/** A PostgreSQL of our own, which may keep a log of every statement; the service uses its database `postgres`. */
export const startPostgres = async (
  settings: Record<string, string | number> = {},
): Promise<AsyncDisposable & OwnServer> => {
  const server = await startServer(settings);
  return { ...server, [Symbol.asyncDispose]: server.stop };
};
