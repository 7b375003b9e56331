import { storageUnavailable, UnavailableError } from '@mentorship/application';
import { DomainError, refuse } from '@mentorship/domain';
import { Type } from 'typebox';
import { edgeProblems } from './transport-problems.ts';
import { problemOf } from './domain-problems.ts';
import { unavailableProblem } from './unavailable-problems.ts';
import { problemBody, problemType, validationProblem } from './problem.ts';
import type { Problem } from '../schemas/problem.ts';

const retryAfterHeader = { 'Retry-After': { type: 'integer', description: 'Seconds to wait.' } };

/** What a problem response of this status means, the headers that come with it, and how it may look. */
const problemResponses = {
  400: {
    description: 'The request is not valid: `code` says how, `errors` where.',
    told: [
      validationProblem([{ field: 'password', code: 'required', message: 'This field is required.' }]),
      edgeProblems.malformed_json,
    ],
  },
  401: {
    description: 'No access, or no longer: `code` says why.',
    headers: {
      'WWW-Authenticate': { type: 'string', description: '`Bearer`, and what is wrong with the token (RFC 6750).' },
    },
    told: [
      problemOf(refuse('not_authenticated')),
      problemOf(refuse('access_token_refused')),
      problemOf(refuse('invalid_credentials')),
    ],
  },
  403: {
    description: 'Not yours to do: `code` says why.',
    told: [
      problemOf(refuse('not_yourself')),
      problemOf(refuse('registration_closed')),
      problemOf(refuse('not_a_counterpart')),
    ],
  },
  404: {
    description: 'There is nothing with this id.',
    told: [
      problemOf(refuse('user_not_found')),
      problemOf(refuse('session_not_found')),
      problemOf(refuse('mentorship_not_found')),
    ],
  },
  409: {
    description: 'In conflict with what is there: `code` says with what.',
    told: [
      problemOf(new DomainError('username_taken', { username: 'john' })),
      problemOf(new DomainError('mentor_cycle', { field: 'mentor', mentor: 'bob' })),
      problemOf(new DomainError('mentor_requires_approval', { field: 'mentor', mentor: 'bob' })),
      problemOf(new DomainError('mentor_closed', { field: 'mentor', mentor: 'bob' })),
      problemOf(new DomainError('mentor_full', { field: 'mentor', mentor: 'bob' })),
      problemOf(new DomainError('capacity_below_mentees', { capacity: 2, mentees: 3 })),
      problemOf(new DomainError('already_mentored', { field: 'mentor' })),
      problemOf(new DomainError('request_exists', { field: 'mentor', id: 7 })),
      problemOf(new DomainError('too_many_open_requests', { limit: 5 })),
      problemOf(new DomainError('illegal_transition', { status: 'declined', to: 'active', allowed: [] })),
    ],
  },
  412: {
    description: 'The `If-Match` does not hold any longer.',
    told: [problemOf(new DomainError('version_mismatch', { version: 2 }))],
  },
  413: { description: 'The body is larger than 64 KiB.', told: [edgeProblems.payload_too_large] },
  415: { description: 'The body is not application/json.', told: [edgeProblems.unsupported_media_type] },
  429: {
    description: 'Too many attempts. Try again after `Retry-After` seconds.',
    headers: retryAfterHeader,
    told: [problemOf(new DomainError('too_many_attempts', { retryAfter: 60 }))],
  },
  503: {
    description: 'Too busy, or the database does not answer: try again after `Retry-After` seconds.',
    headers: retryAfterHeader,
    told: [
      unavailableProblem(storageUnavailable()),
      unavailableProblem(new UnavailableError('overloaded', { retryAfter: 2 })),
      edgeProblems.stopping,
    ],
  },
};

/** The problem responses of a route. */
export const problems = <Status extends keyof typeof problemResponses>(...statuses: Status[]) =>
  Object.fromEntries(
    statuses.map((status) => {
      const { told, ...response } = problemResponses[status];
      const examples = Object.fromEntries(told.map((problem) => [problem.code, { value: problemBody(problem) }]));
      return [status, { ...response, content: { [problemType]: { schema: Type.Ref('Problem'), examples } } }];
    }),
  ) as unknown as Record<Status, typeof Problem>;
