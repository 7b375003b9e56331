import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export type StallingProxy = AsyncDisposable & {
  port: number;
  /** Stops forwarding in both directions without closing a connection, like a broken network. */
  stall(): void;
  /** Forwards again, including the data that was held back. */
  resume(): void;
  /** Forwards new connections to this port. */
  switchTo(port: number): void;
};

/** Starts a proxy for a local port. */
export const startStallingProxy = async (targetPort: number): Promise<StallingProxy> => {
  const sockets = new Set<Socket>();
  let stalled = false;
  let target = targetPort;

  const forward = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on('data', (chunk) => {
      to.write(chunk);
    });
    from.on('end', () => to.end());
    from.on('error', () => {});
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    if (stalled) from.pause();
  };
  const server = createServer((client) => {
    const server = connect(target, '127.0.0.1');
    forward(client, server);
    forward(server, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: portOf(server),
    stall() {
      stalled = true;
      for (const socket of sockets) socket.pause();
    },
    resume() {
      stalled = false;
      for (const socket of sockets) socket.resume();
    },
    switchTo(port) {
      target = port;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};

const portOf = (server: Server): number => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  return address.port;
};
