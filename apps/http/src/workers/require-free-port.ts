import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Config } from '../config.ts';

/** Whoever shares a port shares it with another service of the same user as well, unasked: so it is to be free before. */
export const requireFreePort = async ({ HOST: host, PORT: port }: Config): Promise<void> => {
  const server = createServer().listen({ host, port });
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
};
