import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { forkWorker, type Exit, type WorkerProcess } from './fork-worker.ts';
import { type Report, WorkerStartError } from './messages.ts';

type Listens = Extract<Report, { report: 'listens' }>;
type Worker = WorkerProcess & { readonly listens: Promise<Listens> };

/** Callbacks for events of the workers. */
export interface WorkerPoolEvents {
  onReport(worker: WorkerProcess, report: Report): void;
  onEnd(worker: WorkerProcess): void;
}

/** The pause before a replacement doubles with each failure in a row. A worker that ran for `stableAfterMs` resets it. */
const [firstPauseMs, maxPauseMs, stableAfterMs] = [100, 30_000, 60_000];

const describeExit = ({ code, signal }: Exit): string => signal ?? `code ${code}`;

export interface WorkerPool {
  /** Starts one worker, which migrates the schema, then the others. Throws `WorkerStartError` if one cannot start. */
  start(count: number, port: number): Promise<Listens>;
  stop(hurried: boolean): void;
  /** Resolves when all workers have ended after a stop: whether all of them exited cleanly. */
  readonly stopped: Promise<boolean>;
}

/** Keeps the set filled with workers: replaces a worker that ends before the stop. */
export const createWorkerPool = (
  workers: Set<WorkerProcess>,
  environment: Readonly<Record<string, string>>,
  log: Logger,
  events: WorkerPoolEvents,
): WorkerPool => {
  const stopping = new AbortController();
  const { promise: stopped, resolve: resolveStopped, reject: rejectStopped } = Promise.withResolvers<boolean>();

  const spawn = (port: number): Worker => {
    const { promise: listens, resolve, reject } = Promise.withResolvers<Listens>();
    const process = forkWorker({ ...environment, PORT: String(port) }, (report) => {
      if (report.report === 'listens') resolve(report);
      if (report.report === 'cannot start') reject(new WorkerStartError(report.line));
      events.onReport(worker, report);
    });
    const ended = process.ended.then((exit) => {
      workers.delete(worker);
      events.onEnd(worker);
      reject(
        new WorkerStartError(
          `Cannot start: a worker ended with ${describeExit(exit)} before it was ready. The log has its error.`,
        ),
      );
      return exit;
    });
    const worker = { ...process, ended, listens };
    listens.catch(() => {});
    workers.add(worker);
    return worker;
  };

  /** Keeps one worker running until the stop. Returns whether the last one exited cleanly. */
  const keep = async (first: Worker, port: number): Promise<boolean> => {
    for (let [worker, failures] = [first, 0]; ; worker = spawn(port)) {
      const began = performance.now();
      worker.listens.catch(({ message }: Error) => stopping.signal.aborted || log.error(message));
      const exit = await worker.ended;
      if (stopping.signal.aborted) return exit.code === 0;
      failures = performance.now() - began > stableAfterMs ? 1 : failures + 1;
      const pause = Math.min(firstPauseMs * 2 ** (failures - 1), maxPauseMs);
      log.error({ worker: worker.pid, ...exit, pause }, 'A worker ended unexpectedly. The primary starts another one.');
      if (await delay(pause, false, { signal: stopping.signal }).catch(() => true)) return true;
    }
  };

  const start = async (count: number, port: number): Promise<Listens> => {
    const first = spawn(port);
    const listens = await first.listens;
    const others = Array.from({ length: count - 1 }, () => spawn(listens.port));
    await Promise.all(others.map((worker) => worker.listens));
    Promise.all([first, ...others].map((worker) => keep(worker, listens.port))).then(
      (clean) => resolveStopped(clean.every(Boolean)),
      rejectStopped,
    );
    return listens;
  };

  return {
    stopped,
    start: (count, port) =>
      start(count, port).catch((error: unknown) => {
        for (const worker of workers) worker.kill();
        throw error;
      }),
    stop(hurried) {
      stopping.abort();
      for (const worker of workers) worker.send({ order: 'stop', hurried });
    },
  };
};
