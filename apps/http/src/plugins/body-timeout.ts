import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, preParsingHookHandler } from 'fastify';
import { transportProblems } from '../problems/transport-problems.ts';
import { sendProblem } from '../problems/error-handler.ts';

/** How long a client may take to send a body. */
const bodyTimeoutMs = 10_000;

/** The content of these requests has no meaning (RFC 9110, section 9.3): it is ignored, whatever it is. */
export const readsNoBody: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Answers 408 to a client that does not send its body in time. */
export const rejectSlowBodies = (app: FastifyInstance): void => {
  app.addHook('onRoute', (route) => {
    if (readsNoBody.has(String(route.method))) return;
    route.preParsing = [startTimer, ...[route.preParsing ?? []].flat()];
  });
};

/** Whether a request has a body (RFC 9112, section 6). */
export const hasBody = ({
  'content-length': length = '0',
  'transfer-encoding': encoding,
}: IncomingHttpHeaders): boolean => length !== '0' || encoding !== undefined;

const startTimer: preParsingHookHandler = (request, reply, payload, done) => {
  if (hasBody(request.headers)) {
    const sendTimeout = () => {
      if (!reply.sent) sendProblem(reply, transportProblems.request_timeout);
    };
    // Unreferenced, because Node rebuilds its timer list each time the last referenced timer is cleared.
    const timer = setTimeout(sendTimeout, bodyTimeoutMs).unref();
    // The stream also emits `close` after the end of a body.
    request.raw.once('close', () => clearTimeout(timer));
  }
  done(null, payload);
};
