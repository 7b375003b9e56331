import { EventEmitter, once } from 'node:events';
import { Registry } from '@prometheus-io/client';
import type { ScrapedMetrics } from '../metrics/metrics-server.ts';
import type { WorkerProcess } from './fork-worker.ts';
import type { WorkerMetric } from './messages.ts';

/** How long a scrape waits for a worker until what that said before is good enough, in milliseconds. */
const longestWait = 1000;

/** What goes on after a worker has ended: what only grows, else the sum would fall and look like a restart. */
const grows = ({ type }: WorkerMetric): boolean => type === 'counter' || type === 'histogram';

/** Quantiles of several processes have no sum. */
const adds = ({ type }: WorkerMetric): boolean => type !== 'summary';

const together = (all: readonly (readonly WorkerMetric[])[]): Registry =>
  Registry.aggregate(all.map((one) => [...one]));

export interface WorkerMetrics extends ScrapedMetrics {
  /** What a worker says when it is asked. */
  take(worker: WorkerProcess, metrics: readonly WorkerMetric[]): void;
  forget(worker: WorkerProcess): void;
}

/** The metrics of all workers in one, those that have ended included as far as they are known. */
export const sumMetrics = (workers: Iterable<WorkerProcess>): WorkerMetrics => {
  const latest = new Map<WorkerProcess, readonly WorkerMetric[]>();
  const answers = new EventEmitter().setMaxListeners(0);
  let ended: readonly WorkerMetric[] = [];

  const ask = async (worker: WorkerProcess): Promise<void> => {
    const answered = once(answers, String(worker.pid), { signal: AbortSignal.timeout(longestWait) });
    worker.tell({ order: 'tell metrics' });
    await answered.catch(() => {});
  };

  return {
    contentType: Registry.PROMETHEUS_CONTENT_TYPE,
    async metrics() {
      await Promise.all([...workers].map(ask));
      return together([ended, ...[...latest.values()].map((metrics) => metrics.filter(adds))]).metrics();
    },
    take(worker, metrics) {
      latest.set(worker, metrics);
      answers.emit(String(worker.pid));
    },
    forget(worker) {
      const last = latest.get(worker)?.filter(grows) ?? [];
      latest.delete(worker);
      ended = together([ended, last]).getMetricsAsArray();
    },
  };
};
