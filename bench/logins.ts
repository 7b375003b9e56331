import { setTimeout as delay } from 'node:timers/promises';
import { Agent, get } from 'node:http';
import { quantile } from '../verify/support/statistics.ts';
import { drive, type Request } from './client.ts';
import { createSessionOpener, password } from './people.ts';
import { startProgram, startScript } from './servers.ts';

/** What logins cost and what they leave to others. Latencies in milliseconds. */
export interface LoginFigures {
  readonly niceness: number;
  /** Logins a second, and what the hashing function alone reaches on the same cores. */
  readonly perSecond: number;
  readonly hashesPerSecond: number;
  /** Of a profile that is read a hundred times a second: with nothing else going on, and during the logins. */
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

/** A flood of logins by so many clients, each of whom waits for its answer. */
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
  const read = (seconds: number) => readNowAndThen(service.url, reader?.access ?? '', seconds);
  await read(1);
  const idle = await read(seconds);
  const [driven, busy] = await Promise.all([flood(seconds), read(seconds)]);
  return { niceness, perSecond: driven.requests / driven.seconds, hashesPerSecond, idle, busy };
};

const hashAlone = async (seconds: number): Promise<number> => {
  await using hashing = await startScript('hashing.ts', [String(seconds)]);
  return Number(hashing.url);
};

/** How often the profile is read, in milliseconds. */
const interval = 10;

const readNowAndThen = async (url: string, token: string, seconds: number): Promise<Latency> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const latencies: number[] = [];
  const asked: Promise<void>[] = [];
  const began = performance.now();
  for (let index = 0; index < (seconds * 1000) / interval; index++) {
    await delay(Math.max(0, began + index * interval - performance.now()));
    asked.push(ask(new URL('/api/users/me', url), token, agent).then((latency) => void latencies.push(latency)));
  }
  await Promise.all(asked);
  agent.destroy();
  return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
};

const ask = (url: URL, token: string, agent: Agent): Promise<number> =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    get(url, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume().on('end', () => resolve(performance.now() - began));
      if (response.statusCode !== 200) reject(new Error(`The profile was answered with ${response.statusCode}.`));
    }).on('error', reject);
  });
