import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createKeyRing } from '@mentorship/adapters/security';
import type { Store } from '@mentorship/adapters/store';
import type { Clock } from '@mentorship/application';

type Json = Record<string, unknown>;
export type Token = { header: Json; claims: Json };
export type Key = { kid: string; privateKey: string | KeyObject };

/** Encodes text as it is, any other value as JSON. */
export const segment = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

export const readToken = (token: string): Token => {
  const [header = '', claims = ''] = token.split('.');
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Json;
  return { header: read(header), claims: read(claims) };
};

export const signWith = (privateKey: string | KeyObject, header: unknown, claims: unknown): string => {
  const signed = `${segment(header)}.${segment(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
};

export const hmacWith = (secret: string | Buffer, header: unknown, claims: unknown): string => {
  const signed = `${segment(header)}.${segment(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
};

/** A key that the service trusts: published by a second instance on the same store. */
export const publishedKey = (store: Store, clock: Clock): Promise<Key> =>
  createKeyRing({ ...store, clock, lifetimes: { access: 20 * 60, refresh: 60 * 60 } }).signingKey(
    Math.floor(clock.now() / 1000) + 60 * 60,
  );

/** A key that is not published. */
export const foreignKey = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { privateKey, jwk: publicKey.export({ format: 'jwk' }) };
};

/** The public key in all its encodings, which a confused verifier might use as the secret of an HMAC. */
export const spellingsOf = (jwk: { x: string } & Json): Record<string, string | Buffer> => {
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: jwk.x }, format: 'jwk' });
  const pem = key.export({ type: 'spki', format: 'pem' });
  return {
    'the bytes of x': Buffer.from(jwk.x, 'base64url'),
    'x itself': jwk.x,
    'the PEM': pem,
    'the PEM without its last line feed': pem.trimEnd(),
    'the DER': key.export({ type: 'spki', format: 'der' }),
    'the JWK': JSON.stringify(jwk),
    nothing: '',
  };
};
