import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, vi } from 'vitest';
import { logIn, password, register } from './service.ts';

type Sent = { sent: Promise<unknown>; answer: Promise<{ status: number; complete: boolean; body: unknown }> };

const readAnswer = async (response: IncomingMessage) => {
  const body: unknown = JSON.parse(await text(response));
  return { status: response.statusCode ?? 0, complete: response.complete, body };
};

const get = (url: string, path: string, token: string, agent?: Agent): Sent => {
  const headers = { authorization: `Bearer ${token}` };
  const sending = request(new URL(path, url), { headers, ...(agent && { agent }) }).end();
  return {
    sent: once(sending, 'finish'),
    answer: once(sending, 'response').then(([response]) => readAnswer(response)),
  };
};

const postLogin = (url: string, agent: Agent): Sent => {
  const headers = { 'content-type': 'application/json' };
  const sending = request(new URL('/api/login', url), { method: 'POST', headers, agent });
  sending.end(JSON.stringify({ username: 'john', password }));
  return {
    sent: once(sending, 'finish'),
    answer: once(sending, 'response').then(([response]) => readAnswer(response)),
  };
};

/** Sends 50 requests over kept-alive connections and 50 over new ones. */
export const sendHundredRequests = async (url: string): Promise<Sent[]> => {
  await register(url, 'john');
  const { access } = await logIn(url, 'john');
  const keptAlive = new Agent({ keepAlive: true });
  await Promise.all(Array.from({ length: 50 }, () => get(url, '/api/users', access, keptAlive).answer));
  const fresh = new Agent();
  return [keptAlive, fresh].flatMap((agent) =>
    Array.from({ length: 50 }, (_, at) => (at % 5 ? get(url, '/api/users', access, agent) : postLogin(url, agent))),
  );
};

/** Stops the service while the requests are in flight, and expects that all receive complete responses. */
export const expectAllCompleteDuring = async (requests: Sent[], stop: () => Promise<unknown>): Promise<void> => {
  let answered = 0;
  for (const { answer } of requests)
    void answer.then(
      () => answered++,
      () => {},
    );
  await Promise.all(requests.map(({ sent }) => sent));
  const stopped = stop();
  expect(answered).toBeLessThan(requests.length);
  const answers = await Promise.allSettled(requests.map(({ answer }) => answer));
  const results = answers.map((answer) =>
    answer.status === 'fulfilled' ? `${answer.value.status} ${answer.value.complete}` : String(answer.reason),
  );
  expect(results).toEqual(requests.map(() => '200 true'));
  await stopped;
};

/** Expects that no process listens at the URL. A process closes its output shortly before its sockets. */
export const expectPortFree = async (url: string): Promise<void> => {
  const { hostname, port } = new URL(url);
  await vi.waitFor(
    async () => {
      const server = createServer().listen(Number(port), hostname);
      await once(server, 'listening');
      server.close();
    },
    { timeout: 5000 },
  );
};
