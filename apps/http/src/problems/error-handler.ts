import { UnavailableError } from '@mentorship/application';
import { DomainError } from '@mentorship/domain';
import type { FastifyError, FastifyReply } from 'fastify';
import { edgeProblems } from './transport-problems.ts';
import { problemOf } from './domain-problems.ts';
import { unavailableProblem } from './unavailable-problems.ts';
import { type Problem, problemBody, problemType, validationProblem } from './problem.ts';
import { InvalidRequest } from './validation.ts';

/** Answers with the problem, its headers and its media type (RFC 9457, section 3). */
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
};

const toProblem = (error: Error & Partial<FastifyError>): Problem => {
  if (error instanceof DomainError) return problemOf(error);
  if (error instanceof UnavailableError) return unavailableProblem(error);
  if (error instanceof InvalidRequest) return validationProblem(error.errors);
  const known = frameworkProblems[error.code ?? ''];
  if (known) return known;
  const refused = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
  return refused ? edgeProblems.bad_request : edgeProblems.internal_error;
};

/** Renders whatever is thrown. What is our fault is logged with its cause; the client never sees that. */
export const renderFailure = (error: Error, reply: FastifyReply): FastifyReply => {
  const problem = toProblem(error);
  if (problem.status >= 500) reply.log.error({ error: described(error.cause ?? error) }, problem.title);
  return sendProblem(reply, problem);
};

/** What of an error goes into the log. A database driver adds more: the whole row that it refused, hash and all. */
const described = (error: unknown) => {
  const { name, message, stack, code } = error as Error & { readonly code?: string };
  return { type: name, message, stack, code };
};
