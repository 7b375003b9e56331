import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Launched } from './service.ts';

/** Waits until the process accepts connections on this port. Throws if it ends instead. */
export const untilListening = (port: number, { ended }: Launched): Promise<void> =>
  Promise.race([connectable(port), ended.then(({ stderr }) => Promise.reject(new Error(stderr)))]);

const connectable = async (port: number): Promise<void> => {
  for (let attempt = 0; attempt < 100; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await delay(50);
  }
  throw new Error(`Nothing listens on port ${port}.`);
};
