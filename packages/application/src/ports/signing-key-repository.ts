import type { Instant, SigningKey } from '@mentorship/domain';

/** The public halves of the signing keys, which the processes share instead of a secret. */
export interface SigningKeyRepository {
  /** Adds a key; does nothing if it exists. */
  publish(key: SigningKey): Promise<void>;
  /** Deletes the keys that expired before the timestamp. Resolves to the number deleted. */
  prune(expiredBefore: Instant): Promise<number>;
}

/** Reads the published signing keys. */
export interface SigningKeyDirectory {
  /** All keys, expired ones included. */
  list(): Promise<SigningKey[]>;
}
