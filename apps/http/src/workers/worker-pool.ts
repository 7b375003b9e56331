import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { forkWorker, type Ending, type WorkerProcess } from './fork-worker.ts';
import { type Report, WorkerStartError } from './messages.ts';

type Listens = Extract<Report, { report: 'listens' }>;
type Worker = WorkerProcess & { readonly listens: Promise<Listens> };

/** What else happens to workers. */
export interface WorkerPoolEvents {
  onReport(worker: WorkerProcess, report: Report): void;
  onEnd(worker: WorkerProcess): void;
}

/** In milliseconds: the pause before the first replacement doubles each time, and who has lived for so long counts as well. */
const [firstPause, longestPause, stableAfterMs] = [100, 30_000, 60_000];

const wordsFor = ({ code, signal }: Ending): string => signal ?? `code ${code}`;

export interface WorkerPool {
  /** Starts one worker, then the others; the first brings the schema up to date. Throws when one of them cannot. */
  start(count: number, port: number): Promise<Listens>;
  stop(hurried: boolean): void;
  /** When all have ended after a stop: whether they did so cleanly. */
  readonly stopped: Promise<boolean>;
}

/** Fills the set with workers, each of which is replaced when it ends without being told to. */
export const createWorkerPool = (
  workers: Set<WorkerProcess>,
  environment: Readonly<Record<string, string>>,
  log: Logger,
  events: WorkerPoolEvents,
): WorkerPool => {
  const stopping = new AbortController();
  const { promise: stopped, resolve: tellStopped, reject: tellBroken } = Promise.withResolvers<boolean>();

  const spawn = (port: number): Worker => {
    const { promise: listens, resolve, reject } = Promise.withResolvers<Listens>();
    const process = forkWorker({ ...environment, PORT: String(port) }, (report) => {
      if (report.report === 'listens') resolve(report);
      if (report.report === 'cannot start') reject(new WorkerStartError(report.line));
      events.onReport(worker, report);
    });
    const ended = process.ended.then((ending) => {
      workers.delete(worker);
      events.onEnd(worker);
      reject(new WorkerStartError(`Cannot start: a worker ended with ${wordsFor(ending)} before it listened.`));
      return ending;
    });
    const worker = { ...process, ended, listens };
    listens.catch(() => {});
    workers.add(worker);
    return worker;
  };

  /** Keeps one place filled until the stop. Says whether that was a clean one. */
  const keep = async (first: Worker, port: number): Promise<boolean> => {
    for (let [worker, deaths] = [first, 0]; ; worker = spawn(port)) {
      const began = performance.now();
      worker.listens.catch(({ message }: Error) => stopping.signal.aborted || log.error(message));
      const ending = await worker.ended;
      if (stopping.signal.aborted) return ending.code === 0;
      deaths = performance.now() - began > stableAfterMs ? 1 : deaths + 1;
      const pause = Math.min(firstPause * 2 ** (deaths - 1), longestPause);
      log.error({ worker: worker.pid, ...ending, pause }, 'A worker has ended by itself. Another one takes its place.');
      if (await delay(pause, false, { signal: stopping.signal }).catch(() => true)) return true;
    }
  };

  const start = async (count: number, port: number): Promise<Listens> => {
    const first = spawn(port);
    const listens = await first.listens;
    const others = Array.from({ length: count - 1 }, () => spawn(listens.port));
    await Promise.all(others.map((worker) => worker.listens));
    Promise.all([first, ...others].map((worker) => keep(worker, listens.port))).then(
      (clean) => tellStopped(clean.every(Boolean)),
      tellBroken,
    );
    return listens;
  };

  return {
    stopped,
    start: (...how) =>
      start(...how).catch((error: unknown) => {
        for (const worker of workers) worker.kill();
        throw error;
      }),
    stop(hurried) {
      stopping.abort();
      for (const worker of workers) worker.tell({ order: 'stop', hurried });
    },
  };
};
