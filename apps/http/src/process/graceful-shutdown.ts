import { setTimeout as delay } from 'node:timers/promises';
import type { Seconds } from '@mentorship/domain';
import type { FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { transportProblems } from '../problems/transport-problems.ts';
import { sendProblem } from '../problems/error-handler.ts';
import { listenersOf } from './listen.ts';
import { stopListening } from './stop-listening.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Serves all requests that have been sent, then closes the app. Aborting `hurry` ends the grace period. */
    stop(hurry: AbortSignal): Promise<void>;
  }
}

/** Without a new connection for this long, the kernel's queue counts as empty. */
const quietMs = 250;

/** How long a stop without grace waits for an empty queue at most. */
const maxQueueWaitMs = 5000;

/** No response takes longer: the limits for receiving a request, hashing and the store add up to less. */
const maxResponseMs = 15_000;

/**
 * Adds `app.stop`, which loses no request, even behind a proxy that does not know about the stop yet:
 *
 * 1. First half of the grace period: the service works as before, but `/readyz` answers 503.
 * 2. Second half: it accepts no new connections. A proxy whose connection is refused retries on another instance, also a
 *    POST. Open connections serve one more request, whose response has `Connection: close`. The proxy must close idle
 *    connections itself during this half: if the service closed one, it could lose a request that is on its way.
 * 3. It closes connections that are still idle, waits for the running requests, and closes the app.
 *
 * Without grace, or once `hurry` is aborted, there is only step 3.
 */
export const shutDownGracefully = (app: FastifyInstance, grace: Seconds): void => {
  const { server } = app;
  const halfGraceMs = (grace * 1000) / 2;
  let [stopping, leaving, arrived] = [false, false, 0];
  server.on('connection', () => (arrived += 1));

  app.decorate('stop', async (hurry) => {
    stopping = true;
    const listeners = listenersOf(app);
    const closed = Promise.all(listeners.map((listener) => once(listener, 'close')));
    const stopAccepting = () => Promise.all(listeners.map(stopListening));
    if (halfGraceMs > 0 && (await pause(halfGraceMs, hurry))) {
      await stopAccepting();
      leaving = true;
      await Promise.race([closed, pause(halfGraceMs, hurry)]);
    } else {
      leaving = true;
      await queueIsEmpty(() => arrived);
      await stopAccepting();
    }
    // A request that the client never finishes sending would keep the process running.
    setTimeout(() => server.closeAllConnections(), maxResponseMs).unref();
    server.closeIdleConnections();
    await closed;
    await app.close();
  });

  app.addHook('onRequest', (request, reply, done) => {
    if (!stopping || request.routeOptions.url !== '/readyz') return done();
    sendProblem(reply, transportProblems.stopping);
  });
  // An open connection would keep the process running after its last response.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (leaving) reply.header('connection', 'close');
    done();
  });
};

/** Returns whether the pause ended by itself, not by `hurry`. */
const pause = (milliseconds: number, hurry?: AbortSignal): Promise<boolean> =>
  delay(milliseconds, true, { ref: false, ...(hurry && { signal: hurry }) }).catch(() => false);

/**
 * Waits until no connection arrives any more. Node accepts about one connection per event loop turn, so
 * connections that clients have already opened may still be in the kernel's queue.
 */
const queueIsEmpty = async (arrived: () => number): Promise<void> => {
  const deadline = performance.now() + maxQueueWaitMs;
  for (let seen = -1; seen !== arrived() && performance.now() < deadline; await delay(quietMs)) seen = arrived();
};
