import type { FastifyInstance, FastifyRequest } from 'fastify';
import { hasBody, readsNoBody } from './body-timeout.ts';
import { sendProblem } from '../problems/error-handler.ts';
import { transportProblems } from '../problems/transport-problems.ts';

const isPlain = (encoding = ''): boolean =>
  encoding.split(',').every((coding) => ['', 'identity'].includes(coding.trim().toLowerCase()));

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Parses bodies as JSON in UTF-8 (RFC 8259, section 8.1). Other media types, and encoded bodies, get a 415. */
export const acceptJsonOnly = (app: FastifyInstance): void => {
  app.removeAllContentTypeParsers();
  app.addHook('preParsing', (request, reply, payload, done) => {
    const { headers } = request;
    if (!hasBody(headers)) {
      // Without a body, the media type and its encoding say nothing. A body that a route requires is missed later.
      if (request.method === 'DELETE' || request.routeOptions.schema?.body === undefined)
        delete headers['content-type'];
      return done(null, payload);
    }
    if (readsNoBody.has(request.method) || isPlain(headers['content-encoding'])) return done(null, payload);
    sendProblem(reply, transportProblems.unsupported_encoding);
  });
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    // Some clients send a JSON content type with every request, even without a body.
    if (body.length === 0 && request.routeOptions.schema?.body === undefined) return undefined;
    try {
      // `__proto__` becomes an ordinary key here, which the schemas reject as an unknown field.
      return JSON.parse(utf8.decode(body)) as unknown;
    } catch {
      throw Object.assign(new Error(transportProblems.malformed_json.detail), {
        code: 'FST_ERR_CTP_INVALID_JSON_BODY',
        statusCode: 400,
      });
    }
  });
};
