import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { lookup as lookUp } from 'node:dns/promises';
import type { FastifyInstance } from 'fastify';

/** The addresses of a name, in the order in which they are listened on. */
export type Lookup = (name: string) => Promise<readonly string[]>;

interface ListenOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Whether other processes may listen on the port too. */
  readonly reusePort?: boolean;
  readonly listenTextResolver?: (url: string) => string;
}

/** The addresses of `localhost`, or the host itself. */
export const addressesOf = async (host: string, lookup: Lookup = addressesInHostsFile): Promise<readonly string[]> => {
  const found = host === 'localhost' ? await lookup(host) : [];
  return found.length > 0 ? found : [host];
};

const addressesInHostsFile: Lookup = async (name) => {
  const found = await lookUp(name, { all: true }).catch(() => []);
  return [...new Set(found.map(({ address }) => address))];
};

/** The system has no such address: a hosts file may name `::1` where IPv6 is off. */
const missingAddress = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);
export const isMissingAddress = (error: unknown): boolean =>
  missingAddress.has((error as NodeJS.ErrnoException).code ?? '');

const others = new WeakMap<FastifyInstance, Server[]>();

/** The listening sockets of the app: one for each address. */
export const listenersOf = (app: FastifyInstance): Server[] => [app.server, ...(others.get(app) ?? [])];

/**
 * Listens on the host; `localhost` is all addresses of that name. Every address hands its connections to the app's own
 * server, so that limits, time-outs and the shutdown are the same on all of them. Fastify would open a separate server for
 * a second address, which has none of them.
 */
export const listen = async (
  app: FastifyInstance,
  { host, port, ...options }: ListenOptions,
  lookup?: Lookup,
): Promise<void> => {
  const [first = host, ...further] = await addressesOf(host, lookup);
  await app.listen({ ...options, host: first, port });
  const address = app.server.address();
  if (address === null || typeof address === 'string') return;
  for (const other of further) await listenToo(app, { ...options, host: other, port: address.port });
};

const listenToo = async (app: FastifyInstance, { host, port, reusePort = false }: ListenOptions): Promise<void> => {
  // The options of Node's own HTTP server.
  const options = { allowHalfOpen: true, noDelay: true };
  const listener = createServer(options, (socket) => app.server.emit('connection', socket));
  try {
    await once(listener.listen({ host, port, reusePort }), 'listening');
  } catch (error) {
    if (isMissingAddress(error)) return;
    throw error;
  }
  others.set(app, [...(others.get(app) ?? []), listener]);
  app.server.once('close', () => listener.close());
};
