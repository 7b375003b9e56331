import { type Service, startService } from './service.ts';

/** Three instances on one database, to be used like one: each time that its `url` is read, it is that of a random one. */
export const startThreeInstances = async (settings: Record<string, string>): Promise<Service> => {
  // The first brings the schema up to date.
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
      // The greeting once, like that of one.
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

/** What answers the requests of a test: one process on a store, or three on one PostgreSQL. */
export const deployments = {
  memory: { store: 'memory', start: startService },
  sqlite: { store: 'sqlite', start: startService },
  postgres: { store: 'postgres', start: startService },
  'three instances on postgres': { store: 'postgres', start: startThreeInstances },
} as const;
