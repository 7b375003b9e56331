import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { printBanner } from '../process/banner.ts';
import { createLogger } from '../plugins/request-log.ts';
import { exitWithoutReader } from '../process/log-output.ts';
import { threadPoolSize } from '../process/thread-pool.ts';
import { onStopSignal } from '../process/signals.ts';
import { createWorkerPool } from './worker-pool.ts';
import type { WorkerProcess } from './fork-worker.ts';
import { requireFreePort } from './require-free-port.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

/** Starts the workers, and stops them on a signal. The primary opens no store and serves only `/metrics`. */
export const serveWithWorkers = async (config: Config): Promise<void> => {
  const log = await createLogger(config);
  await requireFreePort(config);
  const workers = new Set<WorkerProcess>();
  const { metrics, server } = (await openMetrics(config, log, workers)) ?? {};
  const pool = createWorkerPool(workers, { UV_THREADPOOL_SIZE: threadPoolSize(config.WORKERS) }, log, {
    onReport: (worker, report) => {
      if (report.report === 'metrics') metrics?.take(worker, report.metrics);
    },
    onEnd: (worker) => metrics?.forget(worker),
  });
  try {
    const { origin } = await pool.start(config.WORKERS, config.PORT);
    onStopSignal((signal) => {
      log.info({ signal }, 'The service stops.');
      // Ctrl-C: a person is waiting. A second signal makes the workers hurry.
      pool.stop(signal === 'SIGINT');
    });
    printBanner(config, { url: origin, metricsUrl: server?.listeningOrigin });
    if (!(await pool.stopped)) process.exitCode = 1;
  } finally {
    await server?.close();
    exitWithoutReader();
  }
};

const openMetrics = async (
  { METRICS_HOST: host, METRICS_PORT: port }: Config,
  log: Logger,
  workers: ReadonlySet<WorkerProcess>,
): Promise<{ metrics: WorkerMetrics; server: FastifyInstance } | undefined> => {
  if (port === null) return undefined;
  const { sumMetrics } = await import('./worker-metrics.ts');
  const { createMetricsServer, listenForScrapes } = await import('../metrics/metrics-server.ts');
  const metrics = sumMetrics(workers);
  const server = createMetricsServer(metrics, log);
  await listenForScrapes(server, { host, port });
  return { metrics, server };
};
