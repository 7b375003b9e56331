import type { TokenClaims, TokenType } from '@mentorship/domain';

/** A published verification key as a JSON Web Key (RFC 7517; RFC 8037 for Ed25519). */
export interface PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'EdDSA';
}

/**
 * Signs and verifies with the keys published in the store. Throws `storage_unavailable` when a key has to be read or
 * published and the store does not answer.
 */
export interface TokenSigner {
  sign(claims: TokenClaims): Promise<string>;
  /** Returns the claims of a valid token of this type, null for any other text. */
  verify(type: TokenType, token: string): Promise<TokenClaims | null>;
  /** The published keys that have not expired. */
  publicKeys(): PublicJwk[];
}
