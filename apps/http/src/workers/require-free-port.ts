import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Config } from '../config.ts';
import { addressesOf, isMissingAddress, type Lookup } from '../process/listen.ts';

/**
 * Throws if the port is in use on an address of the host. Workers share their port with any process of the same user, so
 * it must be free first.
 */
export const requireFreePort = async (
  { HOST: host, PORT: port }: Pick<Config, 'HOST' | 'PORT'>,
  lookup?: Lookup,
): Promise<void> => {
  const [first, ...further] = await addressesOf(host, lookup);
  await tryToListen({ host: first, port });
  for (const other of further)
    await tryToListen({ host: other, port }).catch((error: unknown) => {
      if (!isMissingAddress(error)) throw error;
    });
};

const tryToListen = async (address: { readonly host: string | undefined; readonly port: number }): Promise<void> => {
  const server = createServer();
  await once(server.listen(address), 'listening');
  server.close();
  await once(server, 'close');
};
