import type { Lifetimes } from './session-policy.ts';
import { fromSeconds, type Instant, type Seconds } from './time.ts';

/** The public half of a key that signs tokens. The private half never leaves the memory of the process that made it. */
export interface SigningKey {
  /** The key's RFC 7638 thumbprint. */
  readonly kid: string;
  /** The raw 32 bytes of an Ed25519 public key, base64url: the `x` of its JWK (RFC 8037). */
  readonly publicKey: string;
  readonly createdAt: Instant;
  /** No token of this key is good after this moment. */
  readonly expiresAt: Instant;
}

const day = 24 * 60 * 60 * 1000;
const minute = 60 * 1000;

/** A key signs for at most a day. */
const signingPeriod = day;

/** A key outlives every token it signs by this much, so that no difference of clocks makes a token outlive its key. */
const signingMargin = minute;

/** The row of an expired key stays this much longer, for whoever reads the set late. */
export const keyRetentionMs = day;

/** When a key made now expires: after the longest token that it may sign in its last moment. */
export const keyExpiry = (now: Instant, { access, refresh }: Lifetimes): Instant =>
  now + signingPeriod + fromSeconds(Math.max(access, refresh)) + signingMargin;

/** Whether the key may sign, now, a token that runs out at `exp`. */
export const maySign = (key: SigningKey, exp: Seconds, now: Instant): boolean =>
  now < key.createdAt + signingPeriod && key.expiresAt >= fromSeconds(exp) + signingMargin;
