import type { FieldFailure } from '@mentorship/domain';

/** A problem of RFC 9457 on its way out. `headers` go with it; the body has the rest. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly FieldFailure[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** The body of the problem. */
export const problemBody = ({ status, code, title, detail, errors }: Problem) => ({
  type: `urn:mentorship:problem:${code}`,
  title,
  status,
  detail,
  code,
  ...(errors && { errors }),
});

export const problemType = 'application/problem+json';

/** How long a client should leave us alone when the store does not answer, in seconds. */
export const retryAfter = { 'retry-after': '1' };

/** One problem for all the fields that were refused. */
export const validationProblem = (errors: readonly FieldFailure[]): Problem => ({
  status: 400,
  code: 'validation_failed',
  title: 'Validation failed',
  detail: errors.map(({ field, message }) => `${field}: ${message}`).join(' '),
  errors,
});
