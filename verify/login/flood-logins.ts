/** The thread that sends the flood: reports that it is ready, waits for a message, sends all logins and reports each response. */
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { call, password } from '../../tests/support/processes/service.ts';

/** The status of a login, or why its connection failed. */
export type LoginAnswer = { status: number | string; retryAfter: string | null };

export const nameOf = (index: number): string => `user-${index}`;

export const sendLogin = (url: string, username: string, text: string) =>
  call(url, 'POST /api/login', { body: { username, password: text } });

/** Of five logins, two have the right password, two a wrong one, and one an unknown name. */
const tryLogin = async (url: string, index: number, users: number): Promise<LoginAnswer> => {
  const fifth = index % 5;
  const username = fifth === 4 ? `unknown-${index}` : nameOf(index % users);
  try {
    const { status, headers } = await sendLogin(url, username, fifth < 2 ? password : `${password}!`);
    return { status, retryAfter: headers.get('retry-after') };
  } catch (error) {
    return { status: `failed: ${reasonOf(error)}`, retryAfter: null };
  }
};

const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : String(cause);
};

if (parentPort) {
  const { url, logins, users } = workerData as { url: string; logins: number; users: number };
  const port = parentPort;
  port.postMessage('ready');
  await once(port, 'message');
  const send = async (index: number) => port.postMessage(await tryLogin(url, index, users));
  await Promise.all(Array.from({ length: logins }, (_, index) => send(index)));
  port.close();
}
