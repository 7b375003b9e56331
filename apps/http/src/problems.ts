import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import { DomainError } from '@mentorship/domain';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { edgeProblems, type Problem, problemBody, problemOf, problemType, validationProblem } from './failures.ts';
import { fieldFailures } from './validation.ts';

export const sendProblem = (reply: FastifyReply, problem: Problem): FastifyReply =>
  reply
    .code(problem.status)
    .headers(problem.headers ?? {})
    .type(problemType)
    .send(problemBody(problem));

/** The framework's own refusals by their code; what is not listed is told by its status. */
const frameworkProblems: Readonly<Record<string, Problem>> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: edgeProblems.malformed_json,
  FST_ERR_CTP_INVALID_JSON_BODY: edgeProblems.malformed_json,
  FST_ERR_CTP_BODY_TOO_LARGE: edgeProblems.payload_too_large,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: edgeProblems.unsupported_media_type,
  FST_ERR_BAD_URL: edgeProblems.malformed_url,
  FST_ERR_MAX_PARAM_LENGTH: edgeProblems.not_found,
  FST_ERR_HANDLER_TIMEOUT: edgeProblems.handler_timeout,
};

const toProblem = (error: FastifyError): Problem => {
  if (error instanceof DomainError) return problemOf(error);
  if (error.validation) return validationProblem(fieldFailures(error.validation, error.validationContext));
  const known = frameworkProblems[error.code];
  if (known) return known;
  const refused = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
  return refused ? edgeProblems.bad_request : edgeProblems.internal_error;
};

/** Renders whatever is thrown. What is our fault is logged with its cause; the client never sees that. */
export const renderFailure = (error: FastifyError, reply: FastifyReply): FastifyReply => {
  const problem = toProblem(error);
  if (problem.status >= 500) reply.log.error({ err: error.cause ?? error }, problem.title);
  return sendProblem(reply, problem);
};

/** Answers URLs that are not there with 404, and methods that a URL does not have with 405, before any body is read. */
export const refuseUnknownRoutes = (app: FastifyInstance): void => {
  const routes: { readonly pattern: RegExp; readonly methods: Set<string> }[] = [];

  app.addHook('onRoute', ({ url, method }) => {
    const pattern = new RegExp(`^${RegExp.escape(url).replace(/(?<=\/):[^/]+/g, '[^/]+').replace(/\/?$/, '/?')}$`);
    const known = routes.find((route) => route.pattern.source === pattern.source);
    const { methods } = known ?? { methods: new Set<string>() };
    for (const each of [method].flat()) methods.add(each);
    if (!known) routes.push({ pattern, methods });
  });

  app.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return;
    const path = request.url.split('?', 1)[0] ?? '';
    const methods = routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => [...route.methods]);
    if (methods.length === 0) return sendProblem(reply, edgeProblems.not_found);
    return sendProblem(reply, { ...edgeProblems.method_not_allowed, headers: { allow: methods.join(', ') } });
  });
};

/** What Node's HTTP parser refuses, by its error code. */
const parserProblems: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: edgeProblems.headers_too_large,
  ERR_HTTP_REQUEST_TIMEOUT: edgeProblems.request_timeout,
};

/** Tells the client what Node itself refused, on a connection where there is no request to reply to. */
export const refuseConnection = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem = parserProblems[error.code ?? ''] ?? edgeProblems.bad_request;
  const body = JSON.stringify(problemBody(problem));
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      `Content-Type: ${problemType}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
};
