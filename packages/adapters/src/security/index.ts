export { argon2PasswordHasher, type BoundedPasswordHasher } from './argon2-password-hasher.ts';
export { createAttemptLimiter } from './attempt-limiter.ts';
export { type Jwt, jwtTokenSigner } from './jwt-token-signer.ts';
export { createKeyRing, type KeyRing } from './key-ring.ts';
export { openPasswordRules } from './password-rules.ts';
export { createRevocationList, type PolledRevocationList, revokingStorage } from './revocation-list.ts';
