import type { UnavailableCode, UnavailableDetails, UnavailableError } from '@mentorship/application';
import { type Problem, retryAfter } from './problem.ts';

/** How each failure of a port is rendered. Leave a code out and the compiler names it. */
const unavailableProblems: { readonly [Code in UnavailableCode]: (details: UnavailableDetails[Code]) => Problem } = {
  overloaded: ({ retryAfter: seconds }) => ({
    status: 503,
    code: 'overloaded',
    title: 'Too busy',
    detail: 'The service is checking too many passwords. Nothing was changed. Try again shortly.',
    headers: { 'retry-after': String(seconds) },
  }),
  storage_unavailable: () => ({
    status: 503,
    code: 'service_unavailable',
    title: 'Service unavailable',
    detail: 'The database does not answer or cannot write. Check whether your change was made, then try again.',
    headers: retryAfter,
  }),
};

/** The problem that renders a failure of a port. */
export const unavailableProblem = <Code extends UnavailableCode>({ code, details }: UnavailableError<Code>): Problem =>
  unavailableProblems[code](details);
