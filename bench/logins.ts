import { setTimeout as delay } from 'node:timers/promises';
import { Agent, get } from 'node:http';
import { quantile } from '../verify/support/statistics.ts';
import { drive, type Request } from './client.ts';
import { createSessionOpener, password } from './people.ts';
import { startProgram, startScript } from './servers.ts';

/** The throughput of logins, and the latency of concurrent reads. Latencies in milliseconds. */
export interface LoginFigures {
  readonly niceness: number;
  /** Logins per second, and the hashing function's throughput on the same cores. */
  readonly perSecond: number;
  readonly hashesPerSecond: number;
  /** Of a profile that is read a hundred times a second: without other load, and during the logins. */
  readonly idle: Latency;
  readonly busy: Latency;
}

interface Latency {
  readonly p50: number;
  readonly p99: number;
}

const logins: readonly Request[] = Array.from({ length: 200 }, (_, index) => ({
  method: 'POST',
  path: '/api/login',
  body: { username: `user-${1 + index}`, password },
}));

/** Measures a flood of logins by clients that each wait for their response. */
export const measureLogins = async (
  databaseUrl: string,
  { niceness, seconds, clients }: { niceness: number; seconds: number; clients: number },
): Promise<LoginFigures> => {
  await using opener = await createSessionOpener(databaseUrl);
  const [reader] = await opener.open([1]);
  const hashesPerSecond = await hashAlone(seconds);
  await using service = await startProgram('service', databaseUrl, { HASH_NICENESS: String(niceness) });
  const flood = (seconds: number) => drive(service.url, { requests: logins, connections: clients, seconds });
  await flood(1);
  const read = (seconds: number) => readRepeatedly(service.url, reader?.access ?? '', seconds);
  await read(1);
  const idle = await read(seconds);
  const [driven, busy] = await Promise.all([flood(seconds), read(seconds)]);
  return { niceness, perSecond: driven.requests / driven.seconds, hashesPerSecond, idle, busy };
};

const hashAlone = async (seconds: number): Promise<number> => {
  await using hashing = await startScript('hashing.ts', [String(seconds)]);
  return Number(hashing.url);
};

/** The interval between reads of the profile, in milliseconds. */
const intervalMs = 10;

const readRepeatedly = async (url: string, token: string, seconds: number): Promise<Latency> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const latencies: number[] = [];
  const reads: Promise<void>[] = [];
  const began = performance.now();
  for (let index = 0; index < (seconds * 1000) / intervalMs; index++) {
    await delay(Math.max(0, began + index * intervalMs - performance.now()));
    reads.push(readOnce(new URL('/api/users/me', url), token, agent).then((latency) => void latencies.push(latency)));
  }
  await Promise.all(reads);
  agent.destroy();
  return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
};

const readOnce = (url: URL, token: string, agent: Agent): Promise<number> =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    get(url, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume().on('end', () => resolve(performance.now() - began));
      if (response.statusCode !== 200) reject(new Error(`GET ${url.pathname} returned ${response.statusCode}.`));
    }).on('error', reject);
  });
