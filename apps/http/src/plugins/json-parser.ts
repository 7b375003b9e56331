import type { FastifyInstance, FastifyRequest } from 'fastify';
import { edgeProblems } from '../problems/transport-problems.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Bodies are JSON in UTF-8 (RFC 8259, section 8.1) and nothing else: other types are a 415. */
export const parseJson = (app: FastifyInstance): void => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    // Clients that send the type with every request send it also where no body is expected.
    if (body.length === 0 && request.routeOptions.schema?.body === undefined) return undefined;
    try {
      // `__proto__` becomes a plain key here, which the schemas refuse like any other that they do not know.
      return JSON.parse(utf8.decode(body)) as unknown;
    } catch {
      throw Object.assign(new Error(edgeProblems.malformed_json.detail), {
        code: 'FST_ERR_CTP_INVALID_JSON_BODY',
        statusCode: 400,
      });
    }
  });
};
