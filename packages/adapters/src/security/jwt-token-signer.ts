import type { Clock, TokenSigner } from '@mentorship/application';
import { isExpired, type Lifetimes, readClaims, type TokenClaims, type TokenType, jwtType } from '@mentorship/domain';
import type { KeyRing } from './key-ring.ts';

/** The part of `app.jwt` (@fastify/jwt) that is used; every call brings its own key. */
export interface Jwt {
  sign(payload: object, options: { key: string; kid: string; algorithm: 'EdDSA'; typ: string }): string;
  decode(token: string, options: { complete: true }): unknown;
  verify(
    token: string,
    options: { key: string; algorithms: ['EdDSA']; checkTyp: string; ignoreExpiration: true; cache: false },
  ): unknown;
}

/** A token whose signature was good, so that it need not be checked again while its key is published. */
interface Verified {
  readonly kid: string;
  readonly claims: TokenClaims;
}

/** How many verified tokens are remembered; the oldest makes room. */
const rememberedTokens = 10_000;

/** Signs and verifies JWTs with the keys of the ring; a signature is checked once, then remembered. */
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
  const verified = new Map<string, Verified>();

  const remember = (token: string, entry: Verified) => {
    if (verified.size >= rememberedTokens) verified.delete(verified.keys().next().value as string);
    verified.set(token, entry);
  };

  /** The claims of a token that this very process has verified before, as long as nothing has changed for it. */
  const recall = (kind: TokenType, token: string): TokenClaims | undefined => {
    const entry = verified.get(token);
    if (!entry || entry.claims.token_type !== kind) return undefined;
    if (keyRing.has(entry.kid) && !isExpired(entry.claims.exp, clock.now())) return entry.claims;
    verified.delete(token);
    return undefined;
  };

  const check = async (kind: TokenType, token: string): Promise<TokenClaims | null> => {
    const kid = readKid(jwt, token);
    const key = await keyRing.publicKey(kid);
    if (key === null) return null;
    const payload = checkSignature(jwt, kind, token, key);
    const claims = payload && readClaims(kind, payload, { now: clock.now(), lifetimes });
    if (claims) remember(token, { kid: kid as string, claims });
    return claims;
  };

  return {
    async sign(claims) {
      const { kid, privateKey } = await keyRing.signingKey(claims.exp);
      return jwt.sign(claims, { key: privateKey, kid, algorithm: 'EdDSA', typ: jwtType[claims.token_type] });
    },
    verify: async (kind, token) => recall(kind, token) ?? check(kind, token),
    publicKeys: () => keyRing.publicKeys(),
  };
};

/** Base64url whose last character has no bits that stand for nothing (RFC 4648, section 3.5). */
const part = '(?=[\\w-])(?:[\\w-]{4})*(?:[\\w-][AQgw]|[\\w-]{2}[AEIMQUYcgkosw048])?';

/** Three parts, each in its one canonical form: a token has no second spelling (RFC 7515, section 2). */
const canonical = new RegExp(`^${part}\\.${part}\\.${part}$`);

/** The key that the token names: read before anything is verified, so it is only ever a name to look up. */
const readKid = (jwt: Jwt, token: string): unknown => {
  if (!canonical.test(token)) return null;
  try {
    const { header } = jwt.decode(token, { complete: true }) as { header: { kid?: unknown; alg?: unknown } };
    return header.alg === 'EdDSA' ? header.kid : null;
  } catch {
    return null;
  }
};

/** The algorithm is ours, never the token's (RFC 8725, section 3.1); expiry is the token policy's to judge. */
const checkSignature = (jwt: Jwt, kind: TokenType, token: string, key: string): Record<string, unknown> | null => {
  try {
    return jwt.verify(token, {
      key,
      algorithms: ['EdDSA'],
      checkTyp: jwtType[kind],
      ignoreExpiration: true,
      cache: false,
    }) as Record<string, unknown>;
  } catch {
    return null;
  }
};
