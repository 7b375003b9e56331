export { createAttemptLimiter, forgetAttempt } from './attempt-limiter.ts';
export { argon2PasswordHasher, type QueuedPasswordHasher, type HashCost } from './argon2-password-hasher.ts';
export { type Jwt, jwtTokenSigner } from './jwt-token-signer.ts';
export { createKeyRing, type KeyRing } from './key-ring.ts';
export { openPasswordRules } from './password-rules.ts';
export { createRevocationList, type PolledRevocationList, revokingStorage } from './revocation-list.ts';
