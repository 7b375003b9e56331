import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Config } from '../config.ts';

/** Throws if the port is in use. Workers share their port with any process of the same user, so it must be free first. */
export const requireFreePort = async ({ HOST: host, PORT: port }: Config): Promise<void> => {
  const server = createServer().listen({ host, port });
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
};
