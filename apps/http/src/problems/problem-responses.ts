import { storageUnavailable, UnavailableError } from '@mentorship/application';
import { DomainError, refuse } from '@mentorship/domain';
import { Type } from 'typebox';
import { transportProblems } from './transport-problems.ts';
import { domainProblem } from './domain-problems.ts';
import { unavailableProblem } from './unavailable-problems.ts';
import { problemBody, problemType, validationProblem } from './problem.ts';
import type { Problem } from '../schemas/problem.ts';

const retryAfterHeader = {
  'Retry-After': { type: 'integer', description: 'Seconds to wait before the next attempt.' },
};

/** For OpenAPI: what each problem status means, its headers and its examples. */
const responsesByStatus = {
  400: {
    description: 'The request is not valid. `code` gives the reason, `errors` the fields.',
    examples: [
      validationProblem([{ field: 'password', code: 'required', message: 'This field is required.' }]),
      transportProblems.malformed_json,
    ],
  },
  401: {
    description:
      'The token is missing, invalid, expired or revoked, or the credentials are wrong. `code` gives the reason.',
    headers: {
      'WWW-Authenticate': { type: 'string', description: '`Bearer`, with the error of an invalid token (RFC 6750).' },
    },
    examples: [
      domainProblem(refuse('not_authenticated')),
      domainProblem(refuse('access_token_refused')),
      domainProblem(refuse('invalid_credentials')),
    ],
  },
  403: {
    description: 'You may not do this. `code` gives the reason.',
    examples: [
      domainProblem(refuse('not_yourself')),
      domainProblem(refuse('registration_closed')),
      domainProblem(refuse('not_a_counterpart')),
    ],
  },
  404: {
    description: 'Nothing has this id.',
    examples: [
      domainProblem(refuse('user_not_found')),
      domainProblem(refuse('session_not_found')),
      domainProblem(refuse('mentorship_not_found')),
    ],
  },
  409: {
    description: 'The request conflicts with the current state. `code` gives the reason.',
    examples: [
      domainProblem(new DomainError('username_taken', { username: 'john' })),
      domainProblem(new DomainError('mentor_cycle', { field: 'mentor', mentor: 'bob' })),
      domainProblem(new DomainError('mentor_requires_approval', { field: 'mentor', mentor: 'bob' })),
      domainProblem(new DomainError('mentor_closed', { field: 'mentor', mentor: 'bob' })),
      domainProblem(new DomainError('mentor_full', { field: 'mentor', mentor: 'bob' })),
      domainProblem(new DomainError('capacity_below_mentees', { capacity: 2, mentees: 3 })),
      domainProblem(new DomainError('already_mentored', { field: 'mentor' })),
      domainProblem(new DomainError('request_exists', { field: 'mentor', id: 7 })),
      domainProblem(new DomainError('too_many_open_requests', { limit: 5 })),
      domainProblem(new DomainError('illegal_transition', { status: 'declined', to: 'active', allowed: [] })),
    ],
  },
  412: {
    description: 'The current state is not one that `If-Match` or `If-None-Match` allows.',
    examples: [
      domainProblem(new DomainError('version_mismatch', { version: 2 })),
      domainProblem(refuse('precondition_failed')),
    ],
  },
  413: { description: 'The body is larger than 64 KiB.', examples: [transportProblems.payload_too_large] },
  415: { description: 'The body is not application/json.', examples: [transportProblems.unsupported_media_type] },
  429: {
    description: 'Too many attempts. Try again after `Retry-After` seconds.',
    headers: retryAfterHeader,
    examples: [domainProblem(new DomainError('too_many_attempts', { retryAfter: 60 }))],
  },
  503: {
    description:
      'The service is overloaded or shutting down, or its database does not answer. Try again after `Retry-After` seconds.',
    headers: retryAfterHeader,
    examples: [
      unavailableProblem(storageUnavailable()),
      unavailableProblem(new UnavailableError('overloaded', { retryAfter: 2 })),
      transportProblems.stopping,
    ],
  },
};

/** The OpenAPI responses of a route for these statuses. */
export const problemResponses = <Status extends keyof typeof responsesByStatus>(...statuses: Status[]) =>
  Object.fromEntries(
    statuses.map((status) => {
      const { examples: problems, ...response } = responsesByStatus[status];
      const examples = Object.fromEntries(problems.map((problem) => [problem.code, { value: problemBody(problem) }]));
      return [status, { ...response, content: { [problemType]: { schema: Type.Ref('Problem'), examples } } }];
    }),
  ) as unknown as Record<Status, typeof Problem>;
