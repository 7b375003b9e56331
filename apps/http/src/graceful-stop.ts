import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** No connection for this long means that none is on its way any more, in milliseconds. */
const quiet = 250;

/** How long a stop waits for that at most, in milliseconds. */
const longestWait = 5000;

/** No answer takes longer than this (`handlerTimeout` is less), in milliseconds. */
const longestAnswer = 15_000;

/**
 * Closing the app answers what is in flight or on its way first. Node accepts about one connection a turn of its event
 * loop, so some of those that clients hold open already may still be in the kernel's queue, which closing would reset.
 */
export const answerBeforeClosing = (app: FastifyInstance): void => {
  let closing = false;
  let arrived = 0;
  app.server.on('connection', () => {
    arrived += 1;
  });

  app.addHook('preClose', async () => {
    closing = true;
    if (!app.server.listening) return;
    const deadline = performance.now() + longestWait;
    for (let seen = -1; seen !== arrived && performance.now() < deadline; await delay(quiet)) seen = arrived;
    // Closing stops the timeouts of Node as well: a request that is half-sent by now would keep the process for ever.
    setTimeout(() => app.server.closeAllConnections(), longestAnswer).unref();
  });

  // A connection that stays open after its last answer would keep the process.
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
};
