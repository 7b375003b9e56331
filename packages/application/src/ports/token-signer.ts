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

/** Signs and verifies with the keys that the store publishes; both throw `storage_unavailable` when it must be asked and does not answer. */
export interface TokenSigner {
  sign(claims: TokenClaims): Promise<string>;
  /** The claims of a live token of this kind, at once where they are known; null for anything else, whatever is wrong with it. */
  verify(kind: TokenType, token: string): Promise<TokenClaims | null>;
  /** The keys that verify at this moment. */
  publicKeys(): PublicJwk[];
}
