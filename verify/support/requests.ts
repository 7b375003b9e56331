import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, call, type Service } from '../../tests/support/processes/service.ts';

/** A response, and when its request was sent and answered, by `performance.now()`. */
export type Timed<Body = unknown> = Answer<Body> & { sentAt: number; answeredAt: number };

export const timed = async <Body>(...request: Parameters<typeof call>): Promise<Timed<Body>> => {
  const sentAt = performance.now();
  const answer = await call<Body>(...request);
  return { ...answer, sentAt, answeredAt: performance.now() };
};

export const durationOf = ({ sentAt, answeredAt }: Timed): number => answeredAt - sentAt;

/** The cheapest authenticated request: reads the user's own profile. */
export const askProfile = ({ url }: Pick<Service, 'url'>, token: string): Promise<Timed> =>
  timed(url, 'GET /api/users/me', { token });

/** Runs `count` tasks, at most `lanes` of them concurrently. */
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
 * Sends a request every `interval` milliseconds, whether or not the previous one has been answered, so that a slow service
 * does not slow down the measurement. Ends when `until` resolves.
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
    // Promise.all reports a failure at the end.
    reply.catch(() => {});
    replies.push(reply);
  } while (!(await Promise.race([ended, delay(untilNext(), false)])));
  return Promise.all(replies);
};

export const pick = <Item>(items: readonly [Item, ...Item[]]): Item =>
  items[Math.floor(Math.random() * items.length)] ?? items[0];
