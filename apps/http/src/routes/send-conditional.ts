import type { UserView } from '@mentorship/application';
import type { DomainError } from '@mentorship/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { matchesIfNoneMatch, passesIfMatch, preconditionOf } from '../schemas/entity-tag.ts';
import { presentDetail } from './presenters.ts';

interface Representation<Body> {
  readonly headers: { readonly etag: string };
  readonly body: Body;
}

/**
 * Sets the headers of a representation and returns its body, or sends a 304. Throws the `mismatch` when If-Match lists
 * another state. The order is from RFC 9110, section 13.2.2.
 */
export const sendConditional = <Body>(
  { headers: { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } }: Pick<FastifyRequest, 'headers'>,
  reply: Pick<FastifyReply, 'headers' | 'code'>,
  { headers, body }: Representation<Body>,
  mismatch: () => DomainError,
): Body | undefined => {
  if (!passesIfMatch(ifMatch, headers.etag)) throw mismatch();
  reply.headers({ ...headers });
  if (!matchesIfNoneMatch(ifNoneMatch, headers.etag)) return body;
  reply.code(304);
  return undefined;
};

/** Which states of a user the preconditions of a change accept; null if they accept any. */
export const acceptedBy = ({ headers }: Pick<FastifyRequest, 'headers'>): ((current: UserView) => boolean) | null => {
  const accepts = preconditionOf(headers);
  return accepts && ((current) => accepts(presentDetail(current).headers.etag));
};
