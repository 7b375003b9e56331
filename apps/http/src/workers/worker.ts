import type { AddressInfo } from 'node:net';
import type { Config } from '../config.ts';
import type { TakeMetrics } from '../metrics/open-metrics.ts';
import { openService, stopperOf } from '../process/serve.ts';
import { explainStartFailure } from '../process/startup-error.ts';
import { stopSignals } from '../process/signals.ts';
import type { Order, Report } from './messages.ts';

const report = (what: Report): Promise<void> =>
  new Promise((resolve) => {
    if (process.connected) process.send?.(what, () => resolve());
    else resolve();
  });

/** The service in one of several processes. The primary says when it stops, and is told the metrics. */
export const serveAsWorker = async (config: Config): Promise<void> => {
  // A signal to the whole group is for the primary to answer.
  for (const signal of stopSignals) process.on(signal, () => {});
  // Whoever does not listen yet has nothing to answer.
  let stop: (hurried: boolean) => PromiseLike<void> = async () => process.exit();
  let registry: Parameters<TakeMetrics>[0] | undefined;
  const obey = async (order: Order): Promise<void> => {
    if (order.order === 'tell metrics') {
      return report({ report: 'metrics', metrics: (await registry?.getMetricsAsJSON()) ?? [] });
    }
    await stop(order.hurried);
    leave();
  };
  process.on('message', (order: Order) => void obey(order));

  try {
    const app = await openService(config, { takeMetrics: (taken) => (registry = taken) });
    stop = stopperOf(app);
    const { port } = app.server.address() as AddressInfo;
    await report({ report: 'listens', origin: app.listeningOrigin, port });
  } catch (error) {
    process.exitCode = 1;
    await report({ report: 'cannot start', line: explainStartFailure(error) });
    leave();
  }
};

/** The primary alone does not keep this process. */
const leave = (): void => process.channel?.unref();
