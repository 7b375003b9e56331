import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { transportProblems } from '../problems/transport-problems.ts';
import { bareCorsHeaders } from './cors.ts';
import { currentResponse } from '../process/connection-limits.ts';
import { bareHeaders } from './security-headers.ts';
import { type Problem, problemBody, problemType } from '../problems/problem.ts';
import { sendProblem } from '../problems/error-handler.ts';

/** The problem for each error of Node's HTTP parser, by its code. Any other error is a `bad_request`. */
const parserProblems: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: transportProblems.headers_too_large,
  ERR_HTTP_REQUEST_TIMEOUT: transportProblems.request_timeout,
};

/** How long a rejected client may keep sending before the connection is closed. */
const lingerMs = 1000;

type ParserError = { readonly code?: string; readonly rawPacket?: unknown };
type ParsedSocket = Socket & { readonly parser?: { readonly incoming?: IncomingMessage | null } };

/** Sends a problem for an error of Node's HTTP parser, on a connection that has no request to reply to. */
export const handleClientError =
  (origins: readonly string[]) =>
  (error: ParserError, socket: Socket): void => {
    if (error.code === 'ECONNRESET') socket.destroy();
    else if (socket.writable) {
      const cors = origins.length === 0 ? {} : bareCorsHeaders(origins, originOf(error, socket));
      endWithProblem(socket, parserProblems[error.code ?? ''] ?? transportProblems.bad_request, cors);
    }
  };

/** The Origin of the request that failed; null if it has none; undefined if its headers have not arrived completely. */
const originOf = ({ rawPacket }: ParserError, { parser }: ParsedSocket): string | null | undefined => {
  if (parser?.incoming) return parser.incoming.headers.origin ?? null;
  // Header names and values are Latin-1 (RFC 9110, section 5.5). Of pipelined requests the last one failed.
  if (!Buffer.isBuffer(rawPacket)) return undefined;
  return rawPacket
    .toString('latin1')
    .match(/^origin:[^\r\n]*/gim)
    ?.at(-1)
    ?.slice('origin:'.length)
    .trim();
};

/** Closes later: closing at once would reset the connection of a client that still sends, which then loses the response. */
const endWithProblem = (socket: Duplex, problem: Problem, cors: Readonly<Record<string, string>>): void => {
  // In the middle of a response, the problem would become a part of its body.
  if (currentResponse(socket)?.headersSent) return void socket.destroy();
  const { head, body } = rawProblem(problem, cors);
  const lines = Object.entries(head.headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${head.status} ${STATUS_CODES[head.status]}`, ...lines, '', body].join('\r\n'));
  setTimeout(() => socket.destroy(), lingerMs).unref();
};

/** Sends problems for the protocol errors that Node would answer itself, without a body. `methods`: those that any route has. */
export const handleProtocolErrors = (
  app: FastifyInstance,
  origins: readonly string[],
  methods = 'DELETE, GET, HEAD, PATCH, POST',
): void => {
  const corsOf = ({ headers }: IncomingMessage) => bareCorsHeaders(origins, headers.origin ?? null);
  app.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const { head, body } = rawProblem(transportProblems.expectation_failed, corsOf(request));
    response.writeHead(head.status, head.headers).end(body);
  });
  // CONNECT is for proxies: no route supports it.
  app.server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => {});
    const headers = { Allow: methods };
    endWithProblem(socket, { ...transportProblems.method_not_allowed, headers }, corsOf(request));
  });
  // RFC 9112, section 3.2.
  app.addHook('onRequest', (request, reply, done) => {
    const hosts = hostsOf(request.raw.rawHeaders);
    if (hosts.length === 0 && request.raw.httpVersion !== '1.1') return done();
    if (hosts.length === 0) return sendProblem(reply, transportProblems.missing_host);
    if (hosts.length > 1 || !validHost.test(hosts[0] ?? '')) return sendProblem(reply, transportProblems.invalid_host);
    done();
  });
};

/** The values of all Host headers: Node keeps the first and drops the others. */
const hostsOf = (rawHeaders: readonly string[]): string[] => {
  const hosts: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.length === 4 && rawHeaders[index]?.toLowerCase() === 'host')
      hosts.push(rawHeaders[index + 1] ?? '');
  return hosts;
};

/** `uri-host [":" port]` (RFC 9110, section 7.2; RFC 3986, section 3.2.2). It may be empty (RFC 9112, section 3.2). */
const validHost = /^(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*(?::\d{0,5})?$|^\[[\da-f:.]{2,45}\](?::\d{0,5})?$/i;

/** Strips the scheme and host of an absolute request target (RFC 9112, section 3.2.2), which the router would do later. */
export const toOriginForm = (url: string): string => {
  if (url.startsWith('/') || url === '*') return url;
  const path = url.replace(/^https?:\/\/[^/?#]*/i, '');
  return path.startsWith('/') ? path : `/${path}`;
};

const rawProblem = (problem: Problem, cors: Readonly<Record<string, string>>) => {
  const body = JSON.stringify(problemBody(problem));
  const headers = {
    ...bareHeaders,
    ...cors,
    ...problem.headers,
    'Content-Type': problemType,
    'Content-Length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  return { head: { status: problem.status, headers }, body };
};
