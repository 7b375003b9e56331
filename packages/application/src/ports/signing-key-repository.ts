import type { Instant, SigningKey } from '@mentorship/domain';

/** The public halves of all signing keys: what the instances share instead of a secret. */
export interface SigningKeyRepository {
  /** Adds a key; one that is there already stays. */
  publish(key: SigningKey): Promise<void>;
  /** Deletes the keys that expired before the given moment. Resolves to how many. */
  prune(expiredBefore: Instant): Promise<number>;
}
