import type { UnavailableCode, UnavailableDetails, UnavailableError } from '@mentorship/application';
import { type Problem, retryAfter } from './problem.ts';

/** The problem for each failure of a port. If a code is missing, tsc names it. */
const unavailableProblems: { readonly [Code in UnavailableCode]: (details: UnavailableDetails[Code]) => Problem } = {
  overloaded: ({ retryAfter: seconds }) => ({
    status: 503,
    code: 'overloaded',
    title: 'Overloaded',
    detail: `Too many passwords are being checked or set. Nothing was changed. Try again in ${seconds} seconds.`,
    headers: { 'retry-after': String(seconds) },
  }),
  storage_unavailable: () => ({
    status: 503,
    code: 'service_unavailable',
    title: 'Service unavailable',
    detail: 'The database does not answer or cannot write. Check whether your change was saved, then try again.',
    headers: retryAfter,
  }),
};

export const unavailableProblem = <Code extends UnavailableCode>({ code, details }: UnavailableError<Code>): Problem =>
  unavailableProblems[code](details);
