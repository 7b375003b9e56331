import type { SigningKey } from '@mentorship/domain';

/** Reads the published signing keys. */
export interface SigningKeyDirectory {
  /** All keys, expired ones included. */
  list(): Promise<SigningKey[]>;
}
