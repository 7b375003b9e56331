import { clockSkew, type Lifetimes, type Session, type SessionPolicy, type TokenType } from './session.ts';
import { fromSeconds, type Instant, type Seconds, toSeconds } from './time.ts';
import { isUserId, type UserId } from './user.ts';

/**
 * The `iss` and `aud` of every token, so that tokens of other services are refused (RFC 8725, sections 3.8 and 3.9).
 */
const audience = 'mentorship';

/** The `typ` header of each type of token (RFC 8725, section 3.11; `at+jwt` is from RFC 9068). */
export const jwtType: Readonly<Record<TokenType, string>> = { access: 'at+jwt', refresh: 'rt+jwt' };

/** The claims of both types of token. `user_id` is the original API's claim; `sub` is the same as a string. */
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
  /** Of a rotated refresh token: how many came before it in its session. */
  readonly generation?: number;
}

/** What new claims depend on besides the session. */
interface Issue extends Pick<SessionPolicy, 'lifetimes'> {
  readonly jti: string;
  readonly now: Instant;
}

/** The claims of a new token for a session. */
export const issueClaims = (
  type: TokenType,
  session: Pick<Session, 'id' | 'userId'>,
  { jti, now, lifetimes }: Issue,
): TokenClaims => ({
  token_type: type,
  user_id: session.userId,
  sub: String(session.userId),
  sid: session.id,
  jti,
  iat: toSeconds(now),
  exp: toSeconds(now) + lifetimes[type],
  iss: audience,
  aud: audience,
});

/** The claims of a refresh token: it expires with its session, and carries its generation when tokens are rotated. */
export const issueRefreshClaims = (
  session: Pick<Session, 'id' | 'userId' | 'expiresAt' | 'generation'>,
  { rotation, ...issue }: Issue & Pick<SessionPolicy, 'rotation'>,
): TokenClaims => {
  const exp = toSeconds(session.expiresAt);
  return {
    ...issueClaims('refresh', session, issue),
    // A repeat may have read the clock before the rotation that set `exp`; `exp - iat` would exceed the lifetime.
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
 * Reads the claims of a token whose signature is valid; null unless they are the claims of a live token of this type.
 * Refuses `exp - iat` beyond the lifetime of the type too: this service never issues it.
 */
export const readClaims = (
  type: TokenType,
  payload: Readonly<Record<string, unknown>>,
  { now, lifetimes }: { now: Instant; lifetimes: Lifetimes },
): TokenClaims | null => {
  const { token_type, user_id, sub, sid, jti, iat, exp, iss, aud, generation } = payload;
  const valid =
    token_type === type &&
    iss === audience &&
    aud === audience &&
    isUserId(user_id) &&
    sub === String(user_id) &&
    isName(sid) &&
    isName(jti) &&
    isSeconds(iat) &&
    isSeconds(exp) &&
    isGeneration(generation) &&
    exp - iat <= lifetimes[type] &&
    isWithinLifetime({ iat, exp }, now);
  if (!valid) return null;
  return {
    token_type: type,
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

/** Whether the token has been issued, by a clock that may be a little ahead, and has not expired. */
export const isWithinLifetime = ({ iat, exp }: Pick<TokenClaims, 'iat' | 'exp'>, now: Instant): boolean =>
  iat <= toSeconds(now) + clockSkew && !isExpired(exp, now);

/** Whether `exp` has passed (RFC 7519, section 4.1.4: the current time must be before it). */
export const isExpired = (exp: Seconds, now: Instant): boolean => fromSeconds(exp) <= now;
