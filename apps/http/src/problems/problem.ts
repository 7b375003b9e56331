import type { FieldFailure } from '@mentorship/domain';

/** A problem (RFC 9457). `headers` become response headers; `problemBody` makes the body of the rest. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly FieldFailure[];
  /** The statuses that the client may send instead (an extension member, RFC 9457, section 3.2). */
  readonly allowed?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

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

/** For a store that does not answer: the client should retry after 1 s. */
export const retryAfter = { 'retry-after': '1' };

/** One problem that names all the invalid fields. */
export const validationProblem = (errors: readonly FieldFailure[]): Problem => ({
  status: 400,
  code: 'validation_failed',
  title: 'Validation failed',
  detail: errors.map(({ field, message }) => `${field}: ${message}`).join(' '),
  errors,
});

/** The one invalid field of a problem; `field` is the domain's name for it. */
export const fieldError = (field: string, code: string, message: string): { errors: readonly FieldFailure[] } => ({
  errors: [{ field: toSnakeCase(field), code, message }],
});

/** `mentorUsername` in the domain is `mentor_username` in the API. */
export const toSnakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
