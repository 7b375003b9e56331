import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, call, type Service } from '../../tests/support/processes/service.ts';

/** An answer, and when, by `performance.now()`, its request left and it had come. */
export type Timed<Body = unknown> = Answer<Body> & { sentAt: number; answeredAt: number };

export const timed = async <Body>(...request: Parameters<typeof call>): Promise<Timed<Body>> => {
  const sentAt = performance.now();
  const answer = await call<Body>(...request);
  return { ...answer, sentAt, answeredAt: performance.now() };
};

export const durationOf = ({ sentAt, answeredAt }: Timed): number => answeredAt - sentAt;

/** The cheapest request of somebody logged in: it reads one's own profile. */
export const askProfile = ({ url }: Pick<Service, 'url'>, token: string): Promise<Timed> =>
  timed(url, 'GET /api/users/me', { token });

/** Runs this many tasks, so many at a time. */
export const inParallel = async (
  count: number,
  lanes: number,
  task: (index: number) => Promise<void>,
): Promise<void> => {
  let next = 0;
  const lane = async () => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane));
};

/**
 * Sends a request every so many milliseconds, whether or not the one before has been answered, until it is told to end.
 * So a service that is slow cannot slow down the measuring too.
 */
export const steadily = async <Reply>(
  interval: number,
  send: () => Promise<Reply>,
  until: Promise<unknown>,
): Promise<Reply[]> => {
  const replies: Promise<Reply>[] = [];
  const ended = until.then(() => true);
  const start = performance.now();
  const untilNext = () => Math.max(0, start + replies.length * interval - performance.now());
  do {
    const reply = send();
    // A failure is found at the end, when all replies are looked at.
    reply.catch(() => {});
    replies.push(reply);
  } while (!(await Promise.race([ended, delay(untilNext(), false)])));
  return Promise.all(replies);
};

export const pick = <Item>(items: readonly [Item, ...Item[]]): Item =>
  items[Math.floor(Math.random() * items.length)] ?? items[0];
