import type { Registry } from '@prometheus-io/client';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.ts';
import type { Measure } from './measure-service.ts';
import type { ServiceState } from './state-metrics.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Serves `/metrics` on a port of its own, where that is on. */
    metricsServer?: FastifyInstance;
  }
}

/** Takes the metrics where this process does not serve them itself. */
export type TakeMetrics = (registry: Pick<Registry, 'getMetricsAsJSON'>) => void;

/** Measures the service where `METRICS_PORT` is set. Otherwise nothing is measured, and the library not even loaded. */
export const openMetrics = async (
  app: FastifyInstance,
  config: Config,
  state: ServiceState,
  takeMetrics?: TakeMetrics,
): Promise<Measure> => {
  const { METRICS_HOST: host, METRICS_PORT: port } = config;
  if (port === null) return (ports) => ports;
  const { measureService } = await import('./measure-service.ts');
  const { registry, measure } = measureService(app, state);
  if (takeMetrics) {
    takeMetrics(registry);
    return measure;
  }
  const { serveMetrics } = await import('./metrics-server.ts');
  serveMetrics(app, registry, { host, port });
  return measure;
};
