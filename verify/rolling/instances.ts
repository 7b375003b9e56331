import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../tests/support/processes/postgres-server.ts';
import { type Service, startService } from '../../tests/support/processes/service.ts';

/** One restart: the time until the old process exits, and until the new one is ready, in milliseconds. */
export type Restart = { instance: number; stopTook: number; startTook: number; code: number | null };

export type Instances = AsyncDisposable & {
  urls: readonly string[];
  /** Stops an instance as a supervisor does, starts it again on its port, and waits until it is ready. */
  restart(instance: number, signal?: NodeJS.Signals): Promise<Restart>;
};

/** Starts instances on one database, each on a fixed port. */
export const startInstances = async (count: number, settings: Record<string, string>): Promise<Instances> => {
  const start = async (port: number): Promise<Service> => {
    const service = await startService({
      LOG_LEVEL: 'error',
      REGISTRATION_BUDGET: 'off',
      REQUEST_BUDGET: 'off',
      PORT: `${port}`,
      ...settings,
    });
    while ((await statusOf(`${service.url}/readyz`)) !== 200) await delay(20);
    return service;
  };
  const services: Service[] = [];
  while (services.length < count) services.push(await start(await freePort()));
  const urls = services.map(({ url }) => url);

  return {
    urls,
    async restart(instance, signal) {
      const began = performance.now();
      const code = (await services[instance]?.stop(signal))?.code ?? null;
      const stopped = performance.now();
      services[instance] = await start(Number(new URL(urls[instance] ?? '').port));
      return { instance, code, stopTook: stopped - began, startTook: performance.now() - stopped };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(services.map((service) => service[Symbol.asyncDispose]()));
    },
  };
};

/** Uses a separate connection, so that a shutdown does not wait for it. */
const statusOf = async (url: string): Promise<number | undefined> => {
  const [response] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
};
