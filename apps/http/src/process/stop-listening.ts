import { Server } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

/** A turn of the event loop that takes less has done nothing but look, in milliseconds. */
const idleTurn = 0.1;

/** How long to wait for one at most, in milliseconds. */
const longestWait = 3000;

/**
 * Closes the listening socket alone; the connections that are open stay so. Whoever has connected and is not accepted yet
 * is reset by that, and no proxy sends a POST again that was reset. So it is done right after a turn of the event loop
 * that found nobody and did nothing else: that leaves no time to connect and send. A process with no such turn to spare
 * is content with a longer one, the longer it has waited.
 */
export const stopListening = async (server: Server): Promise<void> => {
  let arrived = 0;
  const count = () => (arrived += 1);
  server.on('connection', count);
  const began = performance.now();
  const turnIsIdle = async () => {
    const [before, start] = [arrived, performance.now()];
    await turn();
    return arrived === before && performance.now() - start < idleTurn + (start - began) / 1000;
  };
  // The turn that this is called in has asked for new connections some time ago.
  await turn();
  while (!(await turnIsIdle()) && performance.now() - began < longestWait);
  server.off('connection', count);
  // An HTTP server's own would close idle connections too.
  Server.prototype.close.call(server);
};
