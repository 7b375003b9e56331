import type { DomainError } from '@mentorship/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { matchesIfNoneMatch, passesIfMatch } from '../schemas/entity-tag.ts';

interface Representation<Body> {
  readonly headers: { readonly etag: string };
  readonly body: Body;
}

/**
 * Sets the headers of a representation and returns its body, or sends a 304. Throws `mismatch` when If-Match lists
 * another state. The order is from RFC 9110, section 13.2.2.
 */
export const sendConditional = <Body>(
  { headers: { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } }: Pick<FastifyRequest, 'headers'>,
  reply: Pick<FastifyReply, 'headers' | 'code'>,
  { headers, body }: Representation<Body>,
  mismatch: DomainError,
): Body | undefined => {
  if (!passesIfMatch(ifMatch, headers.etag)) throw mismatch;
  reply.headers({ ...headers });
  if (!matchesIfNoneMatch(ifNoneMatch, headers.etag)) return body;
  reply.code(304);
  return undefined;
};
