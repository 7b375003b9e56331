import type { MentorshipStatus } from './mentorship-status.ts';
import type { Seconds } from './time.ts';

/** One field that was refused, in words that say what would be right. `field` is the input's own name for it. */
export interface FieldFailure {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** Everything that can be refused, and what is known about each refusal. The set is closed: the edge renders all of it. */
export interface Failures {
  validation_failed: { readonly errors: readonly FieldFailure[] };
  username_taken: { readonly username: string };
  self_mentoring: { readonly field: string };
  mentor_cycle: { readonly field: string; readonly mentor: string };
  /** The mentor takes mentees only by request. */
  mentor_requires_approval: { readonly field: string; readonly mentor: string };
  mentor_closed: { readonly field: string; readonly mentor: string };
  mentor_full: { readonly field: string; readonly mentor: string };
  capacity_below_mentees: { readonly capacity: number; readonly mentees: number };
  already_mentored: { readonly field: string };
  /** There is an open request of this pair: `id`. */
  request_exists: { readonly field: string; readonly id: number };
  too_many_open_requests: { readonly most: number };
  /** No such change of status, or not by this party; `allowed` are those that it can make. */
  illegal_transition: {
    readonly status: MentorshipStatus;
    readonly to: MentorshipStatus;
    readonly allowed: readonly MentorshipStatus[];
  };
  /** The mentorship has changed since the caller read it. */
  version_mismatch: { readonly version: number };
  mentorship_not_found: Record<never, never>;
  /** Nothing has ever been between the two. */
  not_a_counterpart: Record<never, never>;
  user_not_found: Record<never, never>;
  not_yourself: Record<never, never>;
  session_not_found: Record<never, never>;
  registration_closed: Record<never, never>;
  invalid_credentials: Record<never, never>;
  /** A budget is used up. */
  too_many_attempts: { readonly retryAfter: Seconds };
  /** No access token was shown. */
  not_authenticated: Record<never, never>;
  access_token_refused: Record<never, never>;
  refresh_token_refused: Record<never, never>;
  logout_token_refused: Record<never, never>;
}

export type FailureCode = keyof Failures;

/** A refusal on its way to the edge. It knows no HTTP: the edge's table does. */
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

/** The refusals that carry nothing but their code. */
type BareCode = { [Code in FailureCode]: Record<never, never> extends Failures[Code] ? Code : never }[FailureCode];

/** A refusal that carries nothing but its code. */
export const refuse = (code: BareCode, options?: ErrorOptions): DomainError => new DomainError(code, {}, options);

/** One value that a parse function refused; `parseFields` says of which field. */
export class InvalidValue extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'InvalidValue';
    this.code = code;
  }
}

/** The failure of a single field. */
export const invalidField = (field: string, code: string, message: string): DomainError<'validation_failed'> =>
  new DomainError('validation_failed', { errors: [{ field, code, message }] });

/**
 * Runs every parser and returns their values by field.
 * Throws one `validation_failed` that names all refused fields at once.
 */
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
