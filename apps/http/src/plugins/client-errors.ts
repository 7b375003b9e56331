import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { transportProblems } from '../problems/transport-problems.ts';
import { bareCorsHeaders } from './cors.ts';
import { currentResponse } from '../process/connection-limits.ts';
import { bareHeaders } from './security-headers.ts';
import { type Problem, problemBody, problemType } from '../problems/problem.ts';
import { rejectInvalidRequests } from './invalid-requests.ts';

/**
 * The problem for each error of Node's HTTP parser, by its code. Any other error is a `bad_request`. Some problems are
 * only for a request line that is correct but for this error.
 */
const parserProblems: Readonly<Record<string, { readonly problem: Problem; readonly requestLine?: RegExp }>> = {
  HPE_HEADER_OVERFLOW: { problem: transportProblems.headers_too_large },
  ERR_HTTP_REQUEST_TIMEOUT: { problem: transportProblems.request_timeout },
  HPE_INVALID_METHOD: {
    problem: transportProblems.method_not_implemented,
    requestLine: /^[\w!#$%&'*+.^`|~-]+ \S+ HTTP\/1\.[01]$/,
  },
  HPE_INVALID_VERSION: { problem: transportProblems.version_not_supported, requestLine: /^\S+ \S+ HTTP\/\d\.\d$/ },
  HPE_PAUSED_H2_UPGRADE: { problem: transportProblems.version_not_supported },
};

const parserProblem = ({ code = '', rawPacket, bytesParsed = 0 }: ParserError): Problem => {
  const { problem, requestLine } = parserProblems[code] ?? { problem: transportProblems.bad_request };
  if (requestLine === undefined) return problem;
  const [line = ''] = Buffer.isBuffer(rawPacket) ? lineAt(rawPacket, bytesParsed).split('\r', 1) : [];
  return requestLine.test(line) ? problem : transportProblems.bad_request;
};

const lineAt = (packet: Buffer, position: number): string => {
  const start = packet.subarray(0, position).lastIndexOf('\n') + 1;
  const end = packet.indexOf('\n', start);
  return packet.toString('latin1', start, end < 0 ? packet.length : end);
};

/** How long a rejected client may keep sending before the connection is closed. */
const lingerMs = 1000;

type ParserError = { readonly code?: string; readonly rawPacket?: unknown; readonly bytesParsed?: number };
type ParsedSocket = Socket & { readonly parser?: { readonly incoming?: IncomingMessage | null } };

/** Sends a problem for an error of Node's HTTP parser, on a connection that has no request to reply to. */
export const handleClientError =
  (origins: readonly string[]) =>
  (error: ParserError, socket: Socket): void => {
    if (error.code === 'ECONNRESET') socket.destroy();
    else if (socket.writable) {
      const cors = origins.length === 0 ? {} : bareCorsHeaders(origins, originOf(error, socket));
      endWithProblem(socket, parserProblem(error), cors);
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
  const response = currentResponse(socket);
  // In the middle of a response, the problem would become a part of its body.
  if (response?.headersSent && !response.writableEnded) return void socket.destroy();
  // The body of a request that has its response needs no second one.
  const isAnswered = response?.headersSent && !response.req.complete;
  socket.end(isAnswered ? '' : rawResponse(problem, cors));
  setTimeout(() => socket.destroy(), lingerMs).unref();
};

const rawResponse = (problem: Problem, cors: Readonly<Record<string, string>>): string => {
  const { head, body } = rawProblem(problem, cors);
  const lines = Object.entries(head.headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${head.status} ${STATUS_CODES[head.status]}`, ...lines, '', body].join('\r\n');
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
  rejectInvalidRequests(app, methods);
};

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
    // RFC 9110, section 6.6.1.
    Date: new Date().toUTCString(),
    connection: 'close',
  };
  return { head: { status: problem.status, headers }, body };
};
