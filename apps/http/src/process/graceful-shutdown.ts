import { setTimeout as delay } from 'node:timers/promises';
import type { Seconds } from '@mentorship/domain';
import type { FastifyInstance } from 'fastify';
import { edgeProblems } from '../problems/transport-problems.ts';
import { sendProblem } from '../problems/error-handler.ts';
import { stopListening } from './stop-listening.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Answers all that arrives or is on its way, then closes. Takes its time, unless or until it is told to hurry. */
    stop(hurry: AbortSignal): Promise<void>;
  }
}

/** No connection for this long means that none is on its way any more, in milliseconds. */
const quiet = 250;

/** How long a stop without grace waits for that at most, in milliseconds. */
const longestWait = 5000;

/** No answer takes longer than this, in milliseconds: a request to arrive, a turn to be hashed and the store have less together. */
const longestAnswer = 15_000;

/**
 * How to stop without losing a request, also behind a proxy that does not know of it yet:
 *
 * 1. For half of the grace all goes on as before, but `/readyz` says no.
 * 2. No more connections are taken. A proxy that is refused one asks another instance, also with a POST. Those that it
 *    keeps open are good for one more request each: its answer says `Connection: close`. Idle ones it has to close itself
 *    in this half of the grace, for if this end does, a request may be on its way.
 * 3. Those that are idle still are closed, and when what is in work has been answered, the app.
 *
 * In a hurry, or without grace, there is only the last: what is on its way in this moment is waited for.
 */
export const shutDownGracefully = (app: FastifyInstance, grace: Seconds): void => {
  const { server } = app;
  const half = grace * 500;
  let [stopping, leaving, arrived] = [false, false, 0];
  server.on('connection', () => (arrived += 1));

  app.decorate('stop', async (hurry) => {
    stopping = true;
    const empty = new Promise<void>((resolve) => server.once('close', resolve));
    if (half > 0 && (await pause(half, hurry))) {
      await stopListening(server);
      leaving = true;
      await Promise.race([empty, pause(half, hurry)]);
    } else {
      leaving = true;
      await noneArrives(() => arrived);
      await stopListening(server);
    }
    // A request that is half-sent by now would keep the process for ever.
    setTimeout(() => server.closeAllConnections(), longestAnswer).unref();
    server.closeIdleConnections();
    await empty;
    await app.close();
  });

  app.addHook('onRequest', (request, reply, done) => {
    if (!stopping || request.routeOptions.url !== '/readyz') return done();
    sendProblem(reply, edgeProblems.stopping);
  });
  // A connection that stays open after its last answer would keep the process.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (leaving) reply.header('connection', 'close');
    done();
  });
};

/** Whether it was waited to the end. */
const pause = (milliseconds: number, hurry?: AbortSignal): Promise<boolean> =>
  delay(milliseconds, true, { ref: false, ...(hurry && { signal: hurry }) }).catch(() => false);

/**
 * Node accepts about one connection a turn of its event loop, so some of those that clients hold open already may still
 * be in the kernel's queue.
 */
const noneArrives = async (arrived: () => number): Promise<void> => {
  const deadline = performance.now() + longestWait;
  for (let seen = -1; seen !== arrived() && performance.now() < deadline; await delay(quiet)) seen = arrived();
};
