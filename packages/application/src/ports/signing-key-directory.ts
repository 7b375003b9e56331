import type { SigningKey } from '@mentorship/domain';

/** Read views of the published signing keys. */
export interface SigningKeyDirectory {
  /** All of them, expired ones included. */
  list(): Promise<SigningKey[]>;
}
