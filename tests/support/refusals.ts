import type { UnavailableCode, UnavailableDetails } from '@mentorship/application';
import type { FailureCode, Failures } from '@mentorship/domain';
import { expect } from 'vitest';

/** For `toThrow` and `toMatchObject`: the refusal with this code, and with these details if they matter. */
export const refusal = <Code extends FailureCode>(code: Code, details?: Failures[Code]) => ({
  name: 'DomainError',
  code,
  ...(details && { details }),
});

/** For `toThrow` and `toMatchObject`: a port's failure with this code, and with these details if they matter. */
export const unavailability = <Code extends UnavailableCode>(code: Code, details?: UnavailableDetails[Code]) => ({
  name: 'UnavailableError',
  code,
  ...(details && { details }),
});

/** For `toThrow` and `toMatchObject`: the refusal of exactly these fields, in this order, each with its code. */
export const fieldsRefused = (...fields: readonly (readonly [field: string, code: string])[]) => ({
  name: 'DomainError',
  code: 'validation_failed',
  details: {
    errors: fields.map(([field, code]) => ({ field, code, message: expect.stringMatching(/\w/) as string })),
  },
});

/** For `toThrow`: a value refused with this code. */
export const invalid = (code: string): Error => expect.objectContaining({ name: 'InvalidValue', code }) as Error;
