import cluster from 'node:cluster';
import type { Order, Report } from './messages.ts';

/** Whether this process is a worker. One that loses its primary ends at once: `node:cluster` sees to that. */
export const { isWorker } = cluster;

/** How a process ended: by itself with a code, or by a signal. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A worker, as the primary has it. */
export interface WorkerProcess {
  readonly pid: number | undefined;
  readonly ended: Promise<Ending>;
  /** Nothing when it has ended. */
  tell(order: Order): void;
  kill(): void;
}

/** Starts this very program once more, with these variables besides its own. */
export const forkWorker = (
  environment: Readonly<Record<string, string>>,
  onReport: (report: Report) => void,
): WorkerProcess => {
  // JSON has no NaN and no infinity, which metrics may have.
  cluster.setupPrimary({ serialization: 'advanced' });
  const worker = cluster.fork(environment);
  const { pid } = worker.process;
  const ended = new Promise<Ending>((resolve) => {
    worker.once('exit', (code: number | null, signal: string | null) => resolve({ code, signal }));
    // Either the system would not start one more process, or one that is ending can be told nothing, which its end will tell.
    worker.on('error', () => {
      if (pid === undefined) resolve({ code: 1, signal: null });
    });
  });
  worker.on('message', onReport);
  return {
    pid,
    ended,
    tell: (order) => {
      if (worker.isConnected()) worker.send(order);
    },
    kill: () => void worker.process.kill('SIGKILL'),
  };
};
