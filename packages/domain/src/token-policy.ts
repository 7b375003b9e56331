import type { Session } from './session.ts';
import { clockSkew, type Lifetimes, type SessionPolicy, type TokenType } from './session-policy.ts';
import { fromSeconds, type Instant, type Seconds, toSeconds } from './time.ts';
import { isUserId, type UserId } from './user.ts';

/** Constant `iss` and `aud`: tokens of another service never pass here (RFC 8725, sections 3.8 and 3.9). */
const audience = 'mentorship';

/** The `typ` header of each kind (RFC 8725, section 3.11; `at+jwt` is RFC 9068's). */
export const jwtType: Readonly<Record<TokenType, string>> = { access: 'at+jwt', refresh: 'rt+jwt' };

/** The claims of both kinds, in JWT's own names; `user_id` is what the original API carries, `sub` its string. */
export interface TokenClaims {
  readonly token_type: TokenType;
  readonly user_id: UserId;
  readonly sub: string;
  readonly sid: string;
  readonly jti: string;
  readonly iat: Seconds;
  readonly exp: Seconds;
  readonly iss: string;
  readonly aud: string;
  /** Of a refresh token that is replaced by the next: which one in the row it is. */
  readonly generation?: number;
}

/** What the claims of every new token are made from. */
interface Issue extends Pick<SessionPolicy, 'lifetimes'> {
  readonly jti: string;
  readonly now: Instant;
}

/** The claims of a new token for a session. */
export const issueClaims = (
  kind: TokenType,
  session: Pick<Session, 'id' | 'userId'>,
  { jti, now, lifetimes }: Issue,
): TokenClaims => ({
  token_type: kind,
  user_id: session.userId,
  sub: String(session.userId),
  sid: session.id,
  jti,
  iat: toSeconds(now),
  exp: toSeconds(now) + lifetimes[kind],
  iss: audience,
  aud: audience,
});

/** The claims of a refresh token: it runs out with its session, and says its generation where tokens are rotated. */
export const issueRefreshClaims = (
  session: Pick<Session, 'id' | 'userId' | 'expiresAt' | 'generation'>,
  { rotation, ...issue }: Issue & Pick<SessionPolicy, 'rotation'>,
): TokenClaims => {
  const exp = toSeconds(session.expiresAt);
  return {
    ...issueClaims('refresh', session, issue),
    // Who repeats a token may have read the clock before whoever began its generation: the token would live too long.
    iat: Math.max(toSeconds(issue.now), exp - issue.lifetimes.refresh),
    exp,
    ...(rotation && { generation: session.generation }),
  };
};

const isSeconds = (value: unknown): value is Seconds => Number.isSafeInteger(value);

const isGeneration = (value: unknown): value is number | undefined =>
  value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0);

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length <= 128;

/**
 * Reads the claims of a token whose signature is good; null when they are not those of a live token of this kind.
 * `exp - iat` beyond the kind's lifetime is refused too: no signer of ours issues it.
 */
export const readClaims = (
  kind: TokenType,
  payload: Readonly<Record<string, unknown>>,
  { now, lifetimes }: { now: Instant; lifetimes: Lifetimes },
): TokenClaims | null => {
  const { token_type, user_id, sub, sid, jti, iat, exp, iss, aud, generation } = payload;
  const good =
    token_type === kind &&
    iss === audience &&
    aud === audience &&
    isUserId(user_id) &&
    sub === String(user_id) &&
    isName(sid) &&
    isName(jti) &&
    isSeconds(iat) &&
    isSeconds(exp) &&
    isGeneration(generation) &&
    exp - iat <= lifetimes[kind] &&
    iat <= toSeconds(now) + clockSkew &&
    !isExpired(exp, now);
  if (!good) return null;
  return {
    token_type: kind,
    user_id,
    sub,
    sid,
    jti,
    iat,
    exp,
    iss,
    aud,
    ...(generation !== undefined && { generation }),
  };
};

/** RFC 7519, section 4.1.4: the current time must be before `exp`. */
export const isExpired = (exp: Seconds, now: Instant): boolean => fromSeconds(exp) <= now;
