import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sendProblem } from '../problems/error-handler.ts';
import type { Problem } from '../problems/problem.ts';
import { transportProblems } from '../problems/transport-problems.ts';

type Check = (request: Pick<FastifyRequest, 'raw' | 'method' | 'originalUrl'>) => Problem | null;

const rejectVersion: Check = ({ raw: { httpVersion } }) =>
  httpVersion === '1.1' || httpVersion === '1.0' ? null : transportProblems.version_not_supported;

/** RFC 9112, section 3.2. */
const rejectHost: Check = ({ raw: { rawHeaders, httpVersion } }) => {
  const hosts = hostsOf(rawHeaders);
  if (hosts.length === 0) return httpVersion === '1.1' ? transportProblems.missing_host : null;
  return hosts.length > 1 || !validHost.test(hosts[0] ?? '') ? transportProblems.invalid_host : null;
};

/**
 * A fragment, `*` for another method than OPTIONS, and an absolute form without a host or with user information (RFC 9112,
 * section 3.2; RFC 9110, sections 4.2.1 and 4.2.4).
 */
const rejectTarget: Check = ({ method, originalUrl: url }) => {
  if (url.includes('#')) return transportProblems.invalid_target;
  if (url.startsWith('/')) return null;
  if (url === '*') return method === 'OPTIONS' ? null : transportProblems.invalid_target;
  const [, authority] = /^https?:\/\/([^/?#]*)/i.exec(url) ?? [];
  const isInvalid = authority !== undefined && (/^(?::|$)/.test(authority) || !validHost.test(authority));
  return isInvalid ? transportProblems.invalid_target : null;
};

/** Where the body ends must be certain (RFC 9112, sections 6.1 and 6.3): `chunked` comes last, once, and not in HTTP/1.0. */
const rejectTransferCoding: Check = ({ raw: { headers, httpVersion } }) => {
  const encoding = headers['transfer-encoding'];
  if (encoding === undefined) return null;
  const codings = encoding.split(',').flatMap((coding) => coding.trim().toLowerCase() || []);
  if (httpVersion !== '1.1' || codings.indexOf('chunked') !== codings.length - 1) return transportProblems.bad_request;
  return codings.length > 1 ? transportProblems.unsupported_transfer_coding : null;
};

const checks = [rejectVersion, rejectHost, rejectTarget, rejectTransferCoding];

/** Rejects requests that Node's parser accepts although they are not valid HTTP/1.1, and answers `OPTIONS *`. */
export const rejectInvalidRequests = (app: FastifyInstance, methods: string): void => {
  app.addHook('onRequest', (request, reply, done) => {
    for (const check of checks) {
      const problem = check(request);
      if (problem !== null) return sendProblem(reply, problem);
    }
    // About the server, not about a resource (RFC 9110, section 9.3.7).
    if (request.originalUrl === '*') return reply.code(204).header('allow', methods).send();
    done();
  });
};

/** The values of all Host headers: Node keeps the first and drops the others. */
const hostsOf = (rawHeaders: IncomingMessage['rawHeaders']): string[] => {
  const hosts: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.length === 4 && rawHeaders[index]?.toLowerCase() === 'host')
      hosts.push(rawHeaders[index + 1] ?? '');
  return hosts;
};

/** `uri-host [":" port]` (RFC 9110, section 7.2; RFC 3986, section 3.2.2). It may be empty (RFC 9112, section 3.2). */
const validHost = /^(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*(?::\d{0,5})?$|^\[[\da-f:.]{2,45}\](?::\d{0,5})?$/i;
