import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { logIn, password, register, type Service } from '../../tests/support/processes/service.ts';
import { type LoginAnswer, nameOf, sendLogin } from './flood-logins.ts';
import type { MemoryPeak } from '../support/memory-peak.ts';
import { showProgress, showWait } from '../support/progress.ts';
import { askProfile, inParallel, steadily, type Timed } from '../support/requests.ts';
import { startServices } from '../support/servers.ts';

export type Flood = {
  idle: Timed[];
  during: Timed[];
  logins: LoginAnswer[];
  /** The time until the last login was answered, in milliseconds. */
  duration: number;
  before: MemoryPeak;
  after: MemoryPeak;
  loginAfterwards: number;
};

type Plan = { logins: number; users: number; seconds: number; memory: () => MemoryPeak };

/** The interval between profile requests, in milliseconds. */
const intervalMs = 10;

export const prepareUsers = async (databaseUrl: string, users: number): Promise<void> => {
  await using started = await startServices(1, { DATABASE_URL: databaseUrl });
  using progress = showProgress('registrations', users);
  await inParallel(users, 4, async (index) => {
    const { status } = await register(started.services[0].url, nameOf(index));
    if (status !== 201) throw new Error(`A registration got ${status}.`);
    progress.advance();
  });
};

export const floodWithLogins = async (service: Service, plan: Plan): Promise<Flood> => {
  const { access } = await logIn(service.url, nameOf(0));
  const ask = () => askProfile(service, access);
  // The first requests compile code and fill caches, so they do not count.
  await steadily(intervalMs, ask, delay(1000));
  const idle = await steadily(intervalMs, ask, showWait('without a flood', plan.seconds * 1000));

  const flooding = await readyToFlood(service, plan);
  const before = plan.memory();
  const start = performance.now();
  const flood = flooding();
  const [during, logins] = await Promise.all([steadily(intervalMs, ask, flood), flood]);
  const duration = performance.now() - start;
  const after = plan.memory();
  const { status } = await sendLogin(service.url, nameOf(0), password);
  return { idle, during, logins, duration, before, after, loginAfterwards: status };
};

/** A separate thread sends the logins: sending so many here would delay the measured requests. */
const readyToFlood = async ({ url }: Service, { logins, users }: Plan): Promise<() => Promise<LoginAnswer[]>> => {
  const worker = new Worker(new URL('./flood-logins.ts', import.meta.url), { workerData: { url, logins, users } });
  await once(worker, 'message');
  return async () => {
    using progress = showProgress('logins', logins);
    const answers: LoginAnswer[] = [];
    worker.on('message', (answer: LoginAnswer) => {
      answers.push(answer);
      progress.advance();
    });
    worker.postMessage('go');
    await once(worker, 'exit');
    return answers;
  };
};
