import cluster from 'node:cluster';
import type { Order, Report } from './messages.ts';

/** Whether this process is a worker. `node:cluster` ends a worker that loses its primary. */
export const { isWorker } = cluster;

/** How a process ended: with an exit code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** The primary's view of a worker. */
export interface WorkerProcess {
  readonly pid: number | undefined;
  readonly ended: Promise<Exit>;
  /** Does nothing once the worker has ended. */
  send(order: Order): void;
  kill(): void;
}

/** Starts this program in another process, with these variables added to its environment. */
export const forkWorker = (
  environment: Readonly<Record<string, string>>,
  onReport: (report: Report) => void,
): WorkerProcess => {
  // Metrics may be NaN or infinite, which JSON cannot represent.
  cluster.setupPrimary({ serialization: 'advanced' });
  const worker = cluster.fork(environment);
  const { pid } = worker.process;
  const ended = new Promise<Exit>((resolve) => {
    worker.once('exit', (code: number | null, signal: string | null) => resolve({ code, signal }));
    // Without a pid the system could not start the process. Otherwise a message did not reach a worker that is ending.
    worker.on('error', () => {
      if (pid === undefined) resolve({ code: 1, signal: null });
    });
  });
  worker.on('message', onReport);
  return {
    pid,
    ended,
    send: (order) => {
      if (worker.isConnected()) worker.send(order);
    },
    kill: () => void worker.process.kill('SIGKILL'),
  };
};
