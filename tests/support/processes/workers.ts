import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { vi } from 'vitest';
import { scrape } from '../http/prometheus.ts';
import type { Service } from './service.ts';

type Line = Record<string, unknown> & { pid: number; msg: string };
type Answered = { status: number; pid: number; body: unknown };

/** What all processes of a service have logged so far. */
export const logOf = ({ output }: Service): Line[] =>
  output.stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);

/** The processes that have begun to listen, in this order, once there are so many. */
export const pidsOf = (service: Service, count: number): Promise<number[]> =>
  vi.waitFor(
    () => {
      const pids = logOf(service).flatMap(({ pid, msg }) => (msg.startsWith('Server listening') ? [pid] : []));
      if (pids.length < count) throw new Error(`Only ${pids.length} listen.`);
      return pids;
    },
    { timeout: 30_000 },
  );

export type Connection = {
  /** The process at the other end. */
  pid: number;
  send(route: string, how?: { body?: unknown; token?: string }): Promise<Answered>;
};

/** A connection that is kept, and with it the process that answers. The log says which. */
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
      if (!line) throw new Error(`Nobody has logged ${String(id)}.`);
      return line.pid;
    });
    return { status: response.statusCode ?? 0, pid, body: answer && JSON.parse(answer) };
  };
  return { pid: (await send('GET /healthz')).pid, send };
};

/** A connection to each of these processes. */
export const connectToEach = async (service: Service, pids: readonly number[]): Promise<Connection[]> => {
  const found = new Map<number, Connection>();
  for (let tries = 0; pids.some((pid) => !found.has(pid)); tries++) {
    if (tries === 500) throw new Error(`Of ${pids.join(', ')} only ${[...found.keys()].join(', ')} answer.`);
    const connection = await openConnection(service);
    found.set(connection.pid, connection);
  }
  return pids.flatMap((pid) => found.get(pid) ?? []);
};

/** Reads the one page of metrics, where the service says that it is. */
export const scrapeWorkers = async (service: Service) => {
  const url = await vi.waitFor(() => {
    const told = /^Metrics: +(\S+)$/m.exec(service.output.stderr)?.[1];
    if (told === undefined) throw new Error(service.output.stderr);
    return told;
  });
  return scrape(url);
};
