import type { FastifyInstance, preParsingHookHandler } from 'fastify';
import { edgeProblems } from '../problems/transport-problems.ts';
import { sendProblem } from '../problems/error-handler.ts';

/** How long a body may take to arrive, in milliseconds. */
const longestArrival = 10_000;

/** Tells a client whose body does not arrive that nobody waits for it any longer. */
export const refuseSlowBodies = (app: FastifyInstance): void => {
  app.addHook('onRoute', (route) => {
    // Of these no body is waited for.
    if (['GET', 'HEAD'].includes(String(route.method))) return;
    route.preParsing = [limitArrival, ...[route.preParsing ?? []].flat()];
  });
};

const limitArrival: preParsingHookHandler = (request, reply, payload, done) => {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (length !== undefined || encoding !== undefined) {
    const tell = () => {
      if (!reply.sent) sendProblem(reply, edgeProblems.request_timeout);
    };
    // Not one that keeps the process: of those Node unmakes its list each time that the last is cleared.
    const timer = setTimeout(tell, longestArrival).unref();
    // It follows the end of a body as well.
    request.raw.once('close', () => clearTimeout(timer));
  }
  done(null, payload);
};
