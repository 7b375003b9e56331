import { setTimeout as delay } from 'node:timers/promises';
import { type Launched, launch, type Service } from '../../tests/support/processes/service.ts';
import { longTokens } from '../support/people.ts';
import type { Report } from '../support/report.ts';

const environment = (url: string) => ({
  DATABASE_URL: url,
  LOG_LEVEL: 'error',
  REGISTRATION_BUDGET: 'off',
  REQUEST_BUDGET: 'off',
  PASSWORD_BUDGET: 'off',
  LOGIN_BUDGET: 'off',
  LOGIN_BUDGET_PER_ADDRESS: 'off',
  LOGIN_BUDGET_PER_ACCOUNT: 'off',
  ...longTokens,
});

const maxStartMs = 60_000;

/** Resolves when the service is ready. */
export const ready = async (url: string): Promise<void> => {
  const deadline = performance.now() + maxStartMs;
  const isReady = () =>
    fetch(new URL('/readyz', url)).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (performance.now() > deadline) throw new Error(`The service is not ready within ${maxStartMs / 1000} s.`);
    await delay(5);
  }
};

/** Starts a process of the service without waiting for it. Its tokens outlive the program. */
export const begin = (url: string): Launched => launch(environment(url));

/** Starts the service, requires an empty log, and records the duration. */
export const startAgain = async (report: Report, url: string, times: number[]): Promise<Service> => {
  const start = performance.now();
  const launched = begin(url);
  const service = { ...launched, url: await launched.listening };
  await ready(service.url);
  times.push(performance.now() - start);
  report.require(service.output.stdout === '', `a start after a kill wrote a log: ${service.output.stdout}`);
  return service;
};
