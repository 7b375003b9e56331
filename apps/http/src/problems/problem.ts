import type { FieldFailure } from '@mentorship/domain';

/** A problem of RFC 9457 on its way out. `headers` go with it; the body has the rest. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly FieldFailure[];
  /** What could be done instead (an extension member, RFC 9457, section 3.2). */
  readonly allowed?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** The body of the problem. */
export const problemBody = ({ status, code, title, detail, errors, allowed }: Problem) => ({
  type: `urn:mentorship:problem:${code}`,
  title,
  status,
  detail,
  code,
  ...(errors && { errors }),
  ...(allowed && { allowed }),
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

/** The one field of a problem, by the domain's name for it. */
export const onField = (field: string, code: string, message: string): { errors: readonly FieldFailure[] } => ({
  errors: [{ field: snakeCase(field), code, message }],
});

/** The domain speaks of `mentorUsername`, the API of `mentor_username`. */
export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
