import { EventEmitter, once } from 'node:events';
import { Registry } from '@prometheus-io/client';
import type { ScrapedMetrics } from '../metrics/metrics-server.ts';
import type { WorkerProcess } from './fork-worker.ts';
import type { WorkerMetric } from './messages.ts';

/** How long a scrape waits for a worker before it uses the worker's previous metrics. */
const maxWaitMs = 1000;

/** Metrics that outlive their worker: those that only grow. Otherwise the sum would fall, which looks like a restart. */
const isCumulative = ({ type }: WorkerMetric): boolean => type === 'counter' || type === 'histogram';

/** Quantiles of several processes cannot be added. */
const canBeAdded = ({ type }: WorkerMetric): boolean => type !== 'summary';

const aggregate = (perWorker: readonly (readonly WorkerMetric[])[]): Registry =>
  Registry.aggregate(perWorker.map((metrics) => [...metrics]));

export interface WorkerMetrics extends ScrapedMetrics {
  /** Stores the metrics that a worker has reported. */
  take(worker: WorkerProcess, metrics: readonly WorkerMetric[]): void;
  forget(worker: WorkerProcess): void;
}

/** Adds up the metrics of all workers, including the last report of workers that have ended. */
export const sumMetrics = (workers: Iterable<WorkerProcess>): WorkerMetrics => {
  const latest = new Map<WorkerProcess, readonly WorkerMetric[]>();
  const reports = new EventEmitter().setMaxListeners(0);
  let ended: readonly WorkerMetric[] = [];

  const requestReport = async (worker: WorkerProcess): Promise<void> => {
    const reported = once(reports, String(worker.pid), { signal: AbortSignal.timeout(maxWaitMs) });
    worker.send({ order: 'report metrics' });
    await reported.catch(() => {});
  };

  return {
    contentType: Registry.PROMETHEUS_CONTENT_TYPE,
    async metrics() {
      await Promise.all([...workers].map(requestReport));
      return aggregate([ended, ...[...latest.values()].map((metrics) => metrics.filter(canBeAdded))]).metrics();
    },
    take(worker, metrics) {
      latest.set(worker, metrics);
      reports.emit(String(worker.pid));
    },
    forget(worker) {
      const last = latest.get(worker)?.filter(isCumulative) ?? [];
      latest.delete(worker);
      ended = aggregate([ended, last]).getMetricsAsArray();
    },
  };
};
