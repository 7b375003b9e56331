import type { AddressInfo } from 'node:net';
import type { Config } from '../config.ts';
import type { MetricsSource } from '../metrics/open-metrics.ts';
import { createStop, openService } from '../process/serve.ts';
import { explainStartFailure } from '../process/startup-error.ts';
import { onStopSignal } from '../process/signals.ts';
import type { Order, Report } from './messages.ts';

const send = (report: Report): Promise<void> =>
  new Promise((resolve) => {
    if (process.connected) process.send?.(report, () => resolve());
    else resolve();
  });

/** Serves in one of several processes, and follows the orders of the primary. */
export const serveAsWorker = async (config: Config): Promise<void> => {
  // The primary handles a signal to the process group.
  onStopSignal(() => {});
  // Before it listens, a worker has no request to finish.
  let stop: (hurried: boolean) => PromiseLike<void> = async () => process.exit();
  let source: MetricsSource | undefined;
  const obey = async (order: Order): Promise<void> => {
    if (order.order === 'report metrics') {
      return send({ report: 'metrics', metrics: (await source?.getMetricsAsJSON()) ?? [] });
    }
    await stop(order.hurried);
    disconnect();
  };
  process.on('message', (order: Order) => void obey(order));

  try {
    const app = await openService(config, { takeMetrics: (metrics) => (source = metrics) });
    stop = createStop(app);
    const { port } = app.server.address() as AddressInfo;
    await send({ report: 'listens', origin: app.listeningOrigin, port });
  } catch (error) {
    process.exitCode = 1;
    await send({ report: 'cannot start', line: explainStartFailure(error) });
    disconnect();
  }
};

/** The channel to the primary alone does not keep this process running. */
const disconnect = (): void => process.channel?.unref();
