import type { FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import type { Measure } from './metrics/measure-service.ts';
import type { ServiceState } from './metrics/state-metrics.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Serves `/metrics` on a port of its own, where that is on. */
    metricsServer?: FastifyInstance;
  }
}

/** Measures the service where `METRICS_PORT` is set. Otherwise nothing is measured, and the library not even loaded. */
export const openMetrics = async (app: FastifyInstance, config: Config, state: ServiceState): Promise<Measure> => {
  const { METRICS_HOST: host, METRICS_PORT: port } = config;
  if (port === null) return (ports) => ports;
  const { measureService } = await import('./metrics/measure-service.ts');
  const { serveMetrics } = await import('./metrics/metrics-server.ts');
  const { registry, measure } = measureService(app, state);
  serveMetrics(app, registry, { host, port });
  return measure;
};
