import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { PublicJwk } from '@mentorship/application';

/** Generates a key pair: the private key as PEM, the public key as the `x` of its JWK. */
export const generateEd25519Key = (): { privateKey: string; publicKey: string } => {
  const pair = generateKeyPairSync('ed25519');
  return {
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    publicKey: pair.publicKey.export({ format: 'jwk' }).x ?? '',
  };
};

/** RFC 7638, over the members that RFC 8037, appendix A.3, requires for Ed25519. */
export const thumbprint = (publicKey: string): string =>
  createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x: publicKey }))
    .digest('base64url');

export const isThumbprint = (kid: unknown): kid is string => typeof kid === 'string' && /^[\w-]{43}$/.test(kid);

export const toJwk = (publicKey: string): PublicJwk => ({
  kty: 'OKP',
  crv: 'Ed25519',
  x: publicKey,
  kid: thumbprint(publicKey),
  use: 'sig',
  alg: 'EdDSA',
});

/** Returns null for text that is not a public key: a row of the table can hold anything. */
export const toPem = (publicKey: string): string | null => {
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey };
    return createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  } catch {
    return null;
  }
};
