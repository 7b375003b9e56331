import type { Registry } from '@prometheus-io/client';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.ts';
import type { Measure } from './measure-service.ts';
import type { ServiceState } from './state-metrics.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Serves `/metrics` on its own port; absent if `METRICS_PORT` is off or a worker reports to the primary. */
    metricsServer?: FastifyInstance;
  }
}

/** The metrics of this process, for a worker to report. */
export type MetricsSource = Pick<Registry, 'getMetricsAsJSON'>;

/** Receives the metrics in a process that does not serve them itself. */
export type TakeMetrics = (source: MetricsSource) => void;

/** Measures the service if `METRICS_PORT` is set. Otherwise it measures nothing, and does not even load the library. */
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
