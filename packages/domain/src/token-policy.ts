import { fromSeconds, type Instant, type Seconds, toSeconds } from './time.ts';
import { isUserId, type UserId } from './user.ts';

/** An access token opens the API; a refresh token gets a new access token. One never passes for the other. */
export type TokenKind = 'access' | 'refresh';

/** How long a token of each kind lives. */
export type Lifetimes = Readonly<Record<TokenKind, Seconds>>;

/** Constant `iss` and `aud`: tokens of another service never pass here (RFC 8725, sections 3.8 and 3.9). */
const audience = 'mentorship';

/** How far ahead of our clock `iat` may be: the instances' clocks differ. */
const clockSkew: Seconds = 60;

/** The `typ` header of each kind (RFC 8725, section 3.11; `at+jwt` is RFC 9068's). */
export const tokenType: Readonly<Record<TokenKind, string>> = { access: 'at+jwt', refresh: 'rt+jwt' };

/** The claims of both kinds, in JWT's own names; `user_id` is what the original API carries, `sub` its string. */
export interface TokenClaims {
  readonly token_type: TokenKind;
  readonly user_id: UserId;
  readonly sub: string;
  readonly sid: string;
  readonly jti: string;
  readonly iat: Seconds;
  readonly exp: Seconds;
  readonly iss: string;
  readonly aud: string;
}

/** The claims of a new token for a session. A refresh token lives as long as its session, an access token its own life. */
export const issueClaims = (
  kind: TokenKind,
  session: { readonly id: string; readonly userId: UserId },
  { jti, now, lifetimes }: { jti: string; now: Instant; lifetimes: Lifetimes },
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

const isSeconds = (value: unknown): value is Seconds => Number.isSafeInteger(value);

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length <= 128;

/**
 * Reads the claims of a token whose signature is good; null when they are not those of a live token of this kind.
 * `exp - iat` beyond the kind's lifetime is refused too: no signer of ours issues it.
 */
export const readClaims = (
  kind: TokenKind,
  payload: Readonly<Record<string, unknown>>,
  { now, lifetimes }: { now: Instant; lifetimes: Lifetimes },
): TokenClaims | null => {
  const { token_type, user_id, sub, sid, jti, iat, exp, iss, aud } = payload;
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
    exp - iat <= lifetimes[kind] &&
    iat <= toSeconds(now) + clockSkew &&
    !isExpired(exp, now);
  return good ? { token_type: kind, user_id, sub, sid, jti, iat, exp, iss, aud } : null;
};

/** RFC 7519, section 4.1.4: the current time must be before `exp`. */
export const isExpired = (exp: Seconds, now: Instant): boolean => fromSeconds(exp) <= now;
