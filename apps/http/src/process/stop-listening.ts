import { Server } from 'node:net';
import { setImmediate as nextEventLoopTurn } from 'node:timers/promises';

/** An event loop turn below this did no work but poll for events. */
const idleEventLoopTurnMs = 0.1;

/** How long to wait for an idle one at most. */
const maxWaitMs = 3000;

/**
 * Closes the listening socket and keeps open connections. Closing resets connections that are not accepted yet, and a
 * proxy does not retry a POST after a reset. So this waits for an event loop turn that accepted no connection and did no
 * other work: then no client had time to connect and send. A busy process accepts more with time.
 */
export const stopListening = async (server: Server): Promise<void> => {
  let arrived = 0;
  const count = () => (arrived += 1);
  server.on('connection', count);
  const began = performance.now();
  const turnIsIdle = async () => {
    const [before, start] = [arrived, performance.now()];
    await nextEventLoopTurn();
    return arrived === before && performance.now() - start < idleEventLoopTurnMs + (start - began) / 1000;
  };
  // The current event loop turn polled for new connections some time ago.
  await nextEventLoopTurn();
  while (!(await turnIsIdle()) && performance.now() - began < maxWaitMs);
  server.off('connection', count);
  // The close method of an HTTP server would close idle connections too.
  Server.prototype.close.call(server);
};
