import type { SigningKey } from '@mentorship/domain';

/** Read views of the published signing keys. */
export interface SigningKeyDirectory {
  list(): Promise<SigningKey[]>;
}
