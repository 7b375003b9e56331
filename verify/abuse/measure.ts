import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Service } from '../../tests/support/processes/service.ts';
import { memoryPeakOf } from '../support/memory-peak.ts';
import type { Probed } from './healthz-probe.ts';

export type Measured<Result> = Probed & {
  result: Result;
  /** By how much the peak of the resident memory grew, in bytes. */
  growth: number;
  /** Whether the service was stopped because its memory grew beyond the limit, or ended by itself. */
  ended: boolean;
};

/** The service is stopped when its resident memory has grown by this much, to spare the machine. */
const memoryLimit = 1500 * 2 ** 20;

/** Measures the longest delay of `/healthz` and the growth of memory while the attack runs. */
export const measureDuring = async <Result>(
  service: Service,
  attack: () => Promise<Result>,
): Promise<Measured<Result | null>> => {
  const memory = memoryPeakOf(service.pid);
  const probe = new Worker(new URL('./healthz-probe.ts', import.meta.url), { workerData: { url: service.url } });
  await once(probe, 'message');
  const before = memory().now;
  let growth = 0;
  const over = new AbortController();
  const guard = (async () => {
    while (!over.signal.aborted && growth <= memoryLimit) {
      try {
        growth = Math.max(growth, memory().now - before);
      } catch {
        return 'ended';
      }
      await Promise.race([delay(100), service.ended]);
    }
    return growth > memoryLimit ? 'ended' : 'alive';
  })();
  const attacked = attack();
  const first = await Promise.race([attacked, guard]);
  over.abort();
  const ended = (await guard) === 'ended';
  if (ended) await service.stop('SIGKILL');
  const result = ended ? null : (first as Result);
  attacked.catch(() => {});
  if (!ended) growth = Math.max(growth, memory().peak - before);
  probe.postMessage('stop');
  const [probed] = (await once(probe, 'message')) as [Probed];
  return { ...probed, result, growth, ended };
};

/** The number of connections of clients that the service holds. */
export const connectionsOf = ({ url }: Service): number => {
  const port = Number(new URL(url).port).toString(16).toUpperCase().padStart(4, '0');
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  // The columns are: number, local address, remote address, state. 01 is ESTABLISHED, 08 CLOSE_WAIT.
  return lines.filter((line) => new RegExp(`^\\s*\\d+: [0-9A-F]+:${port} [0-9A-F:]+ (01|08) `).test(line)).length;
};

/** Waits until the condition holds, for so many seconds at most. Resolves to whether it held. */
export const waitUntil = async (condition: () => boolean, seconds: number): Promise<boolean> => {
  const until = performance.now() + seconds * 1000;
  while (!condition()) {
    if (performance.now() > until) return false;
    await delay(100);
  }
  return true;
};
