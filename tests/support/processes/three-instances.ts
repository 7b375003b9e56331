import { type Service, startService } from './service.ts';

/** Starts three instances on one database, usable like one service: each read of `url` returns a random instance's. */
export const startThreeInstances = async (settings: Record<string, string>): Promise<Service> => {
  // The first instance migrates the database.
  const first = await startService(settings);
  const services = [first, ...(await Promise.all([startService(settings), startService(settings)]))];
  const all = async (stop: (service: Service) => PromiseLike<unknown>) => void (await Promise.all(services.map(stop)));
  return {
    ...first,
    get url() {
      return services[Math.floor(Math.random() * services.length)]?.url ?? first.url;
    },
    get output() {
      const [stdout, stderr] = [
        services.map(({ output }) => output.stdout),
        services.map(({ output }) => output.stderr),
      ];
      // Only one banner, as with one instance.
      const rest = stderr.slice(1).map((text) => text.replace(/^Register a user: .*/m, ''));
      return { stdout: stdout.join(''), stderr: [stderr[0], ...rest].join('') };
    },
    async stop(signal) {
      await all((service) => service.stop(signal));
      return first.ended;
    },
    [Symbol.asyncDispose]: () => all((service) => service[Symbol.asyncDispose]()),
  };
};

/** The deployments under test: one process on each store, and three instances on PostgreSQL. */
export const deployments = {
  memory: { store: 'memory', start: startService },
  sqlite: { store: 'sqlite', start: startService },
  postgres: { store: 'postgres', start: startService },
  'three instances on postgres': { store: 'postgres', start: startThreeInstances },
} as const;
