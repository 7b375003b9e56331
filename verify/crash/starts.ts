import { setTimeout as delay } from 'node:timers/promises';
import { type Launched, launch, type Service } from '../../tests/support/processes/service.ts';
import { longTokens } from '../support/people.ts';
import type { Report } from '../support/report.ts';

const environment = (url: string) => ({
  DATABASE_URL: url,
  LOG_LEVEL: 'error',
  LOGIN_BUDGET: 'off',
  LOGIN_BUDGET_PER_ADDRESS: 'off',
  LOGIN_BUDGET_PER_ACCOUNT: 'off',
  ...longTokens,
});

const longestStart = 60_000;

/** Resolves when the service says that it is ready. */
export const ready = async (url: string): Promise<void> => {
  const deadline = performance.now() + longestStart;
  const isReady = () =>
    fetch(new URL('/readyz', url)).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (performance.now() > deadline) throw new Error(`The service is not ready within ${longestStart / 1000} s.`);
    await delay(5);
  }
};

/** A process of the service, which may be on its way still. Its tokens live as long as the program may run. */
export const begin = (url: string): Launched => launch(environment(url));

/** Starts the service, which must say nothing but that it listens, and notes how long that took. */
export const startAgain = async (report: Report, url: string, times: number[]): Promise<Service> => {
  const start = performance.now();
  const launched = begin(url);
  const service = { ...launched, url: await launched.listening };
  await ready(service.url);
  times.push(performance.now() - start);
  report.require(service.output.stdout === '', `a start after a kill wrote a log: ${service.output.stdout}`);
  return service;
};
