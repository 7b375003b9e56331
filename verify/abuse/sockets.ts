import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Service } from '../../tests/support/processes/service.ts';

/** Raw connections. Disposing closes them. */
export type Sockets = Disposable & { all: readonly Socket[] };

/** Opens connections, some of which the service may refuse. */
export const openSockets = async ({ url }: Service, count: number): Promise<Sockets> => {
  const { hostname, port } = new URL(url);
  const all: Socket[] = [];
  for (let index = 0; index < count; index++) {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('error', () => {});
    all.push(socket);
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  }
  return { all, [Symbol.dispose]: () => all.forEach((socket) => socket.destroy()) };
};

/** A request as it is written on a connection. */
export const get = (path: string, ...headers: string[]): string =>
  [`GET ${path} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');

/** Writes to each connection and reads nothing from it. */
export const writeUnread = ({ all }: Sockets, text: string): void => {
  for (const socket of all) {
    socket.pause();
    socket.write(text);
  }
};

/** How many responses come back on a new connection to so many pipelined requests. */
export const countPipelined = async (service: Service, requests: number, path: string): Promise<number> => {
  using sockets = await openSockets(service, 1);
  const [socket] = sockets.all;
  if (!socket) return 0;
  let received = '';
  socket.on('data', (chunk) => (received += chunk.toString('latin1')));
  socket.write(get(path).repeat(requests - 1) + get(path, 'Connection: close'));
  await once(socket, 'close');
  return received.split('HTTP/1.1 200 OK\r\n').length - 1;
};
