import type { Seconds } from '@mentorship/domain';

/**
 * Why a port is unavailable, by code, with its details. The set is closed, so that the HTTP layer renders all of it.
 */
export interface UnavailableDetails {
  /** The store did not answer or could not write. Whether a commit in flight was kept is unknown. */
  storage_unavailable: Record<never, never>;
  /** Too many passwords are checked or set at the same time; `retryAfter` is in seconds. Nothing was changed. */
  overloaded: { readonly retryAfter: Seconds };
}

export type UnavailableCode = keyof UnavailableDetails;

/** The failure of a port, not a refusal by the domain: the same call may succeed later. */
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

/** Creates the error of an unavailable store; `cause` is the driver's error. */
export const storageUnavailable = (cause?: unknown): UnavailableError<'storage_unavailable'> =>
  new UnavailableError('storage_unavailable', {}, { cause });

/** Seconds after which a rejected client may try again: by then a full hashing queue is half empty. */
const overloadedFor: Seconds = 2;

/** Creates the error of too many passwords at the same time. */
export const overloaded = (): UnavailableError<'overloaded'> =>
  new UnavailableError('overloaded', { retryAfter: overloadedFor });
