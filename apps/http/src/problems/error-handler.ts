import { UnavailableError } from '@mentorship/application';
import { DomainError } from '@mentorship/domain';
import type { FastifyError, FastifyReply } from 'fastify';
import { transportProblems } from './transport-problems.ts';
import { domainProblem } from './domain-problems.ts';
import { unavailableProblem } from './unavailable-problems.ts';
import { type Problem, problemBody, problemType, validationProblem } from './problem.ts';
import { listsAlteredTag } from '../schemas/entity-tag.ts';
import { InvalidRequest } from './validation.ts';

/** Sends the problem with its headers and media type (RFC 9457, section 3). */
export const sendProblem = (reply: FastifyReply, problem: Problem): FastifyReply =>
  reply
    .code(problem.status)
    .headers(problem.headers ?? {})
    .type(problemType)
    .send(problemBody(problem));

/** Errors of the framework by their code. The status decides about any other. */
const frameworkProblems: Readonly<Record<string, Problem>> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: transportProblems.malformed_json,
  FST_ERR_CTP_INVALID_JSON_BODY: transportProblems.malformed_json,
  FST_ERR_CTP_BODY_TOO_LARGE: transportProblems.payload_too_large,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: transportProblems.unsupported_media_type,
  FST_ERR_BAD_URL: transportProblems.malformed_url,
};

const toProblem = (error: Error & Partial<FastifyError>): Problem => {
  if (error instanceof DomainError) return domainProblem(error);
  if (error instanceof UnavailableError) return unavailableProblem(error);
  if (error instanceof InvalidRequest) return validationProblem(error.errors);
  const known = frameworkProblems[error.code ?? ''];
  if (known) return known;
  const isClientError = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
  return isClientError ? transportProblems.bad_request : transportProblems.internal_error;
};

/** Turns any error into a problem. Logs the cause of a 5xx, which the client never sees. */
export const handleError = (error: Error, reply: FastifyReply): FastifyReply => {
  const problem = toProblem(error);
  if (problem.status >= 500) reply.log.error({ error: loggable(error.cause ?? error) }, problem.title);
  const altered = problem.status === 412 && listsAlteredTag(reply.request.headers['if-match']);
  return sendProblem(reply, altered ? { ...problem, detail: `${problem.detail} ${alteredHint}` } : problem);
};

/** A proxy that compresses a response alters its entity-tag (RFC 9110, section 8.8.1). */
const alteredHint =
  'The tag in If-Match was weakened (W/) or altered (-gzip) on its way, probably by a proxy that compresses responses. Send it without that.';

/** Leaves out the other properties of an error: a database driver adds the rejected row, with its password hash. */
const loggable = (error: unknown) => {
  const { name, message, stack, code } = error as Error & { readonly code?: string };
  return { type: name, message, stack, code };
};
