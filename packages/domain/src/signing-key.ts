import { clockSkew, type Lifetimes } from './session.ts';
import { fromSeconds, type Instant, type Seconds } from './time.ts';

/** The public half of a key that signs tokens. The private half never leaves the memory of its process. */
export interface SigningKey {
  /** The key's RFC 7638 thumbprint. */
  readonly kid: string;
  /** The raw 32 bytes of an Ed25519 public key, base64url: the `x` of its JWK (RFC 8037). */
  readonly publicKey: string;
  readonly createdAt: Instant;
  /** No token of this key is accepted after this time. */
  readonly expiresAt: Instant;
}

const minuteMs = 60 * 1000;
const dayMs = 24 * 60 * minuteMs;

/** How long a key signs. */
const signingPeriodMs = dayMs;

/** A key expires this much later than its last token, so that differing clocks never make a token outlive its key. */
const signingMarginMs = minuteMs;

/** How long the row of an expired key is kept, for processes that read the keys late. */
export const keyRetentionMs = dayMs;

/** When a key created now expires: after the last token that it may sign. */
export const keyExpiry = (now: Instant, { access, refresh }: Lifetimes): Instant =>
  now + signingPeriodMs + fromSeconds(Math.max(access, refresh)) + signingMarginMs;

/** Whether tokens of the key are accepted. A clock that was ahead made a key of the future: its expiry says nothing. */
export const isKeyValid = (key: SigningKey, now: Instant): boolean =>
  key.createdAt <= now + fromSeconds(clockSkew) && key.expiresAt > now;

/** Whether the key may sign a token that expires at `exp`. */
export const maySign = (key: SigningKey, exp: Seconds, now: Instant): boolean =>
  isKeyValid(key, now) && now < key.createdAt + signingPeriodMs && key.expiresAt >= fromSeconds(exp) + signingMarginMs;
