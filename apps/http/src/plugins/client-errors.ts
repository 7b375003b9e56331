import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { edgeProblems } from '../problems/transport-problems.ts';
import { bareHeaders } from './security-headers.ts';
import { type Problem, problemBody, problemType } from '../problems/problem.ts';
import { sendProblem } from '../problems/error-handler.ts';

/** What Node's HTTP parser refuses, by its error code. */
const parserProblems: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: edgeProblems.headers_too_large,
  ERR_HTTP_REQUEST_TIMEOUT: edgeProblems.request_timeout,
};

/** How long a refused client may go on sending, in milliseconds. */
const linger = 1000;

/** Tells the client what Node itself refused, on a connection where there is no request to reply to. */
export const refuseConnection = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (error.code === 'ECONNRESET') socket.destroy();
  else if (socket.writable) endWithProblem(socket, parserProblems[error.code ?? ''] ?? edgeProblems.bad_request);
};

/** Closing at once would reset the connection under a client that still sends, and take the answer with it. */
const endWithProblem = (socket: Duplex, problem: Problem): void => {
  const { head, body } = rawProblem(problem);
  const lines = Object.entries(head.headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${head.status} ${STATUS_CODES[head.status]}`, ...lines, '', body].join('\r\n'));
  setTimeout(() => socket.destroy(), linger).unref();
};

/** The refusals for which Node has an answer of its own, without a body: told as problems instead. */
export const handleProtocolErrors = (app: FastifyInstance): void => {
  app.server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const { head, body } = rawProblem(edgeProblems.expectation_failed);
    response.writeHead(head.status, head.headers).end(body);
  });
  // A proxy's method: no URL of ours has it.
  app.server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => {});
    endWithProblem(socket, {
      ...edgeProblems.method_not_allowed,
      headers: { Allow: 'DELETE, GET, HEAD, PATCH, POST' },
    });
  });
  // RFC 9112, section 3.2.
  app.addHook('onRequest', (request, reply, done) => {
    if (request.headers.host !== undefined || request.raw.httpVersion !== '1.1') return done();
    sendProblem(reply, edgeProblems.missing_host);
  });
};

const rawProblem = (problem: Problem) => {
  const body = JSON.stringify(problemBody(problem));
  const headers = {
    ...bareHeaders,
    ...problem.headers,
    'Content-Type': problemType,
    'Content-Length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  return { head: { status: problem.status, headers }, body };
};
