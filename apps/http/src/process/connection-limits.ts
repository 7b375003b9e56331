import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** How many requests of one connection may be unanswered. Clients that pipeline more lose the connection. */
const maxPipelined = 16;

/**
 * A connection on which nothing moves for this long is closed, also in the middle of a response that is not read: Node
 * notices that at its second look, so after twice as long.
 */
const silenceMs = 30_000;

/** How often connections whose request is overdue are looked for. */
const checkIntervalMs = 5000;

/**
 * The options of a Fastify server for connections that send or read too slowly. `requestTimeoutMs` is how long a request
 * may take to arrive. Node forgets a request with complete headers unless the time for the headers is no longer than that.
 */
export const timeLimits = (requestTimeoutMs: number) => ({
  connectionTimeout: silenceMs,
  requestTimeout: requestTimeoutMs,
  http: {
    connectionsCheckingInterval: checkIntervalMs,
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
  },
});

/**
 * Limits a server that does not listen yet: it closes a new connection at once when there are `maxConnections`, and
 * answers the pipelined requests of a connection one after another, so that a client that reads nothing costs one response.
 */
export const limitConnections = (server: Server, maxConnections: number): void => {
  limitPipelining(server);
  let open = 0;
  server.on('connection', (socket: Socket) => {
    if (open >= maxConnections) {
      socket.destroy();
      return;
    }
    open += 1;
    socket.once('close', () => (open -= 1));
  });
};

type Pipelined = readonly [event: 'request' | 'checkExpectation', request: IncomingMessage, response: ServerResponse];

/** The answer of `onIncoming` with which llhttp stops: what follows in the chunk belongs to another protocol. */
const stopParsing = 2;

/**
 * Closes the connection and stops its parser, which would build another thousand requests out of the same chunk: 100
 * connections then take 1.5 s and 300 MiB in place of 45 ms and 11 MiB. Node documents no way to stop it; without this
 * one, the requests are built and ignored.
 */
const drop = (socket: Socket & { readonly parser?: { onIncoming?: () => number } | null }): void => {
  socket.destroy();
  if (socket.parser?.onIncoming) socket.parser.onIncoming = () => stopParsing;
};

/** The requests of a connection that are not answered yet. */
interface Unanswered {
  /** The response that is being sent; null when none is. */
  response: ServerResponse | null;
  readonly waiting: Pipelined[];
}

const connections = new WeakMap<Duplex, Unanswered>();

/** The response that a connection is being sent, or will be sent next. */
export const currentResponse = (socket: Duplex): ServerResponse | undefined =>
  connections.get(socket)?.response ?? undefined;

/** Wraps the listener itself: Fastify builds its request and its reply before the first hook. */
const limitPipelining = (server: Server): void => {
  const answerers = {
    request: server.listeners('request') as RequestListener[],
    checkExpectation: server.listeners('checkExpectation') as RequestListener[],
  };

  const answer = (connection: Unanswered, [event, request, response]: Pipelined): void => {
    connection.response = response;
    response.once('close', () => {
      connection.response = null;
      const next = request.socket.destroyed ? undefined : connection.waiting.shift();
      if (next) answer(connection, next);
    });
    for (const listener of answerers[event]) listener(request, response);
  };

  for (const event of ['request', 'checkExpectation'] as const) {
    server.removeAllListeners(event);
    server.on(event, (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request;
      if (socket.destroyed) return;
      let connection = connections.get(socket);
      if (connection === undefined) connections.set(socket, (connection = { response: null, waiting: [] }));
      if (connection.response === null) answer(connection, [event, request, response]);
      else if (connection.waiting.length < maxPipelined - 1) connection.waiting.push([event, request, response]);
      else drop(socket);
    });
  }
};
