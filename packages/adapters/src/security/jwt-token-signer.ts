import type { Clock, TokenSigner } from '@mentorship/application';
import {
  isWithinLifetime,
  type Lifetimes,
  readClaims,
  type TokenClaims,
  type TokenType,
  jwtType,
} from '@mentorship/domain';
import type { KeyRing } from './key-ring.ts';

/** The used part of `app.jwt` (@fastify/jwt). Every call passes its own key. */
export interface Jwt {
  sign(payload: object, options: { key: string; kid: string; algorithm: 'EdDSA'; typ: string }): string;
  decode(token: string, options: { complete: true }): unknown;
  verify(
    token: string,
    options: { key: string; algorithms: ['EdDSA']; checkTyp: string; ignoreExpiration: true; cache: false },
  ): unknown;
}

/** The key and claims of a token with a valid signature. */
interface Verified {
  readonly kid: string;
  readonly claims: TokenClaims;
}

/** How many verified tokens are cached. A new one replaces the oldest. */
const maxCachedTokens = 10_000;

/** Signs and verifies JWTs with the keys of the ring. Verified tokens are cached, so each signature is checked once. */
export const jwtTokenSigner = ({
  jwt,
  keyRing,
  clock,
  lifetimes,
}: {
  jwt: Jwt;
  keyRing: KeyRing;
  clock: Clock;
  lifetimes: Lifetimes;
}): TokenSigner => {
  const cache = new Map<string, Verified>();

  const addToCache = (token: string, entry: Verified) => {
    if (cache.size >= maxCachedTokens) cache.delete(cache.keys().next().value as string);
    cache.set(token, entry);
  };

  /** A cached token is still valid only while its key is published. The clock is asked again: it may have been ahead. */
  const findInCache = (type: TokenType, token: string): TokenClaims | undefined => {
    const entry = cache.get(token);
    if (!entry || entry.claims.token_type !== type) return undefined;
    if (keyRing.has(entry.kid) && isWithinLifetime(entry.claims, clock.now())) return entry.claims;
    cache.delete(token);
    return undefined;
  };

  const check = async (type: TokenType, token: string): Promise<TokenClaims | null> => {
    const kid = readKid(jwt, token);
    const key = await keyRing.publicKey(kid);
    if (key === null) return null;
    const payload = checkSignature(jwt, type, token, key);
    const claims = payload && readClaims(type, payload, { now: clock.now(), lifetimes });
    if (claims) addToCache(token, { kid: kid as string, claims });
    return claims;
  };

  return {
    async sign(claims) {
      const { kid, privateKey } = await keyRing.signingKey(claims.exp);
      return jwt.sign(claims, { key: privateKey, kid, algorithm: 'EdDSA', typ: jwtType[claims.token_type] });
    },
    verify: async (type, token) => findInCache(type, token) ?? check(type, token),
    publicKeys: () => keyRing.publicKeys(),
  };
};

/** Base64url without stray bits in its last character (RFC 4648, section 3.5). */
const part = '(?=[\\w-])(?:[\\w-]{4})*(?:[\\w-][AQgw]|[\\w-]{2}[AEIMQUYcgkosw048])?';

/** Three parts in canonical form: no two texts are the same token (RFC 7515, section 2). */
const canonical = new RegExp(`^${part}\\.${part}\\.${part}$`);

/** Returns the `kid` of the header. It is not verified yet: use it only to look up a key. */
const readKid = (jwt: Jwt, token: string): unknown => {
  if (!canonical.test(token)) return null;
  try {
    const { header } = jwt.decode(token, { complete: true }) as { header: { kid?: unknown; alg?: unknown } };
    return header.alg === 'EdDSA' ? header.kid : null;
  } catch {
    return null;
  }
};

/** Never takes the algorithm from the token (RFC 8725, section 3.1). `readClaims` checks the expiry. */
const checkSignature = (jwt: Jwt, type: TokenType, token: string, key: string): Record<string, unknown> | null => {
  try {
    return jwt.verify(token, {
      key,
      algorithms: ['EdDSA'],
      checkTyp: jwtType[type],
      ignoreExpiration: true,
      cache: false,
    }) as Record<string, unknown>;
  } catch {
    return null;
  }
};
