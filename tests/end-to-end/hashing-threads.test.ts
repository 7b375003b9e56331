import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { expect, test } from 'vitest';
import { register, startService } from '../support/processes/service.ts';

/** Returns the niceness of the process's threads, by thread name. */
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
])('with %j only the hashing threads have niceness %d', async ([settings, niceness], { skip }) => {
  skip(process.platform !== 'linux', 'Only Linux has a priority for each thread.');
  await using service = await startService({ DATABASE_URL: 'memory:', ...settings });
  // The threads start with their first work.
  await register(service.url, 'john');
  const { 'libuv-worker': hashing = [], ...others } = Object.fromEntries(nicenessOf(service.pid));
  const own = getPriority();
  expect(new Set(hashing)).toEqual(new Set([Math.max(own, niceness)]));
  expect(new Set(Object.values(others).flat())).toEqual(new Set([own]));
});
