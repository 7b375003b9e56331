import type { MentorshipStatus } from './mentorship-status.ts';
import type { Seconds } from './time.ts';

/** A field that was refused. `field` is its name in the input; `message` says what to send instead. */
export interface FieldFailure {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** Every refusal by its code, with its details. The set is closed, so that the HTTP layer renders all of it. */
export interface Failures {
  validation_failed: { readonly errors: readonly FieldFailure[] };
  username_taken: { readonly username: string };
  self_mentoring: { readonly field: string };
  mentor_cycle: { readonly field: string; readonly mentor: string };
  /** The mentor accepts mentees only by request. */
  mentor_requires_approval: { readonly field: string; readonly mentor: string };
  mentor_closed: { readonly field: string; readonly mentor: string };
  mentor_full: { readonly field: string; readonly mentor: string };
  capacity_below_mentees: { readonly capacity: number; readonly mentees: number };
  already_mentored: { readonly field: string };
  /** This pair has an open request, `id`. */
  request_exists: { readonly field: string; readonly id: number };
  too_many_open_requests: { readonly limit: number };
  /** The status cannot change to `to`, or this party may not change it; `allowed` are the statuses that it may set. */
  illegal_transition: {
    readonly status: MentorshipStatus;
    readonly to: MentorshipStatus;
    readonly allowed: readonly MentorshipStatus[];
  };
  /** The mentorship has changed since the caller read it; `version` is the current one. */
  version_mismatch: { readonly version: number };
  /** The user has changed since the caller read the detail. */
  precondition_failed: Record<never, never>;
  mentorship_not_found: Record<never, never>;
  /** The two users have never had a mentorship or a request. */
  not_a_counterpart: Record<never, never>;
  user_not_found: Record<never, never>;
  not_yourself: Record<never, never>;
  session_not_found: Record<never, never>;
  registration_closed: Record<never, never>;
  invalid_credentials: Record<never, never>;
  /** A rate limit is used up. */
  too_many_attempts: { readonly retryAfter: Seconds };
  /** The request carries no access token. */
  not_authenticated: Record<never, never>;
  access_token_refused: Record<never, never>;
  refresh_token_refused: Record<never, never>;
  logout_token_refused: Record<never, never>;
}

export type FailureCode = keyof Failures;

/** A refusal by the domain. It knows no HTTP status: the HTTP layer has the table. */
export class DomainError<Code extends FailureCode = FailureCode> extends Error {
  readonly code: Code;
  readonly details: Failures[Code];

  constructor(code: Code, details: Failures[Code], options?: ErrorOptions) {
    super(code, options);
    this.name = 'DomainError';
    this.code = code;
    this.details = details;
  }
}

/** The codes of the refusals without details. */
type BareCode = { [Code in FailureCode]: Record<never, never> extends Failures[Code] ? Code : never }[FailureCode];

/** Creates a refusal without details. */
export const refuse = (code: BareCode, options?: ErrorOptions): DomainError => new DomainError(code, {}, options);

/** A value that a parse function refused; `parseFields` adds the field. */
export class InvalidValue extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'InvalidValue';
    this.code = code;
  }
}

/** Creates the refusal of a single field. */
export const invalidField = (field: string, code: string, message: string): DomainError<'validation_failed'> =>
  new DomainError('validation_failed', { errors: [{ field, code, message }] });

/** Runs every parser and returns the values by field. Throws one `validation_failed` that lists all refused fields. */
export const parseFields = <Fields extends Record<string, unknown>>(parsers: {
  readonly [Field in keyof Fields]: () => Fields[Field];
}): Fields => {
  const errors: FieldFailure[] = [];
  const values: Partial<Fields> = {};
  for (const field in parsers) {
    try {
      values[field] = parsers[field]();
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      errors.push({ field, code: error.code, message: error.message });
    }
  }
  if (errors.length > 0) throw new DomainError('validation_failed', { errors });
  return values as Fields;
};
