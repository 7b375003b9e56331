import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { expect, test } from 'vitest';
import { startService } from '../support/processes/service.ts';

/** The niceness of the threads of the process by their names. */
const nicenessOf = (pid: number): Map<string, number[]> => {
  const found = new Map<string, number[]>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const name = readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8').trim();
    found.set(name, [...(found.get(name) ?? []), getPriority(Number(thread))]);
  }
  return found;
};

test.for<[settings: Record<string, string>, niceness: number]>([
  [{}, 10],
  [{ HASH_NICENESS: '19' }, 19],
  [{ HASH_NICENESS: '0' }, 0],
])('with %j the threads that hash stand back by %d, and no others do', async ([settings, niceness], { skip }) => {
  skip(process.platform !== 'linux', 'Threads have a priority of their own on Linux alone.');
  await using service = await startService({ DATABASE_URL: 'memory:', ...settings });
  const { 'libuv-worker': hashing = [], ...others } = Object.fromEntries(nicenessOf(service.pid));
  const own = getPriority();
  expect(new Set(hashing)).toEqual(new Set([Math.max(own, niceness)]));
  expect(new Set(Object.values(others).flat())).toEqual(new Set([own]));
});
