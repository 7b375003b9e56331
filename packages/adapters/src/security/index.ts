export { argon2PasswordHasher } from './argon2-password-hasher.ts';
export { type Jwt, jwtTokenSigner } from './jwt-token-signer.ts';
export { createKeyRing, type KeyRing } from './key-ring.ts';
