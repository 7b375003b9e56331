import type { Seconds } from '@mentorship/domain';

/** Why a port could not do its work, and what is known about it. The set is closed: the edge renders all of it. */
export interface UnavailableDetails {
  /** The store did not answer or could not write. Whether a commit in flight was kept is unknown. */
  storage_unavailable: Record<never, never>;
  /** Too many passwords wait to be hashed; `retryAfter` is in seconds. */
  overloaded: { readonly retryAfter: Seconds };
}

export type UnavailableCode = keyof UnavailableDetails;

/** A port's failure, as opposed to a refusal of the domain: the same call may succeed later. */
export class UnavailableError<Code extends UnavailableCode = UnavailableCode> extends Error {
  readonly code: Code;
  readonly details: UnavailableDetails[Code];

  constructor(code: Code, details: UnavailableDetails[Code], options?: ErrorOptions) {
    super(code, options);
    this.name = 'UnavailableError';
    this.code = code;
    this.details = details;
  }
}

/** The store did not answer, or could not write; `cause` is what the driver said. */
export const storageUnavailable = (cause?: unknown): UnavailableError<'storage_unavailable'> =>
  new UnavailableError('storage_unavailable', {}, { cause });
