import type { FastifyInstance } from 'fastify';
import { edgeProblems } from './edge-problems.ts';
import { sendProblem } from './send-problem.ts';

/** How long a body may take to arrive, in milliseconds. */
const longestArrival = 10_000;

/** Tells a client whose body does not arrive that nobody waits for it any longer. */
export const refuseSlowBodies = (app: FastifyInstance): void => {
  app.addHook('preParsing', (request, reply, payload, done) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    if (length !== undefined || encoding !== undefined) {
      const timer = setTimeout(() => {
        if (!reply.sent) sendProblem(reply, edgeProblems.request_timeout);
      }, longestArrival);
      request.raw.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
    }
    done(null, payload);
  });
};
