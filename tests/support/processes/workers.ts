import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { vi } from 'vitest';
import { scrape } from '../http/prometheus.ts';
import type { Service } from './service.ts';

type Line = Record<string, unknown> & { pid: number; msg: string };
type Response = { status: number; pid: number; body: unknown };

/** Returns the log lines of all processes of a service so far. */
export const logOf = ({ output }: Service): Line[] =>
  output.stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);

/** Waits until `count` processes have started listening, and returns their ids in that order. */
export const pidsOf = (service: Service, count: number): Promise<number[]> =>
  vi.waitFor(
    () => {
      const pids = logOf(service).flatMap(({ pid, msg }) => (msg.startsWith('Server listening') ? [pid] : []));
      if (pids.length < count) throw new Error(`Only ${pids.length} of ${count} processes listen.`);
      return pids;
    },
    { timeout: 30_000 },
  );

export type Connection = {
  /** The id of the worker at the other end. */
  pid: number;
  send(route: string, how?: { body?: unknown; token?: string }): Promise<Response>;
};

/** Opens a kept-alive connection, which stays with one worker. The log tells which. */
const openConnection = async (service: Service): Promise<Connection> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send: Connection['send'] = async (route, { body, token } = {}) => {
    const [method, path = ''] = route.split(' ');
    const headers = {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const sending = request(new URL(path, service.url), { agent, headers, ...(method && { method }) });
    sending.end(body === undefined ? '' : JSON.stringify(body));
    const [response] = (await once(sending, 'response')) as [IncomingMessage];
    const answer = await text(response);
    const id = response.headers['x-request-id'];
    const pid = await vi.waitFor(() => {
      const line = logOf(service).find(({ reqId }) => reqId === id);
      if (!line) throw new Error(`No process has logged request ${String(id)}.`);
      return line.pid;
    });
    return { status: response.statusCode ?? 0, pid, body: answer && JSON.parse(answer) };
  };
  return { pid: (await send('GET /healthz')).pid, send };
};

/** Opens a connection to each of these processes. */
export const connectToEach = async (service: Service, pids: readonly number[]): Promise<Connection[]> => {
  const found = new Map<number, Connection>();
  for (let tries = 0; pids.some((pid) => !found.has(pid)); tries++) {
    if (tries === 500)
      throw new Error(`Only ${[...found.keys()].join(', ')} of the processes ${pids.join(', ')} respond.`);
    const connection = await openConnection(service);
    found.set(connection.pid, connection);
  }
  return pids.flatMap((pid) => found.get(pid) ?? []);
};

/** Scrapes the combined metrics at the URL that the service prints. */
export const scrapeWorkers = async (service: Service) => {
  const url = await vi.waitFor(() => {
    const printed = /^Metrics: +(\S+)$/m.exec(service.output.stderr)?.[1];
    if (printed === undefined) throw new Error(service.output.stderr);
    return printed;
  });
  return scrape(url);
};
