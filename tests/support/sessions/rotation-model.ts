import type { Instant, Seconds } from '@mentorship/domain';

/**
 * The rules of refresh token rotation, independently of the domain:
 * 1. The current token rotates the session and returns the next token.
 * 2. For 30 s after a rotation, the previous and the current token both return the current generation.
 * 3. Any older token is theft and ends the session.
 * 4. An expired token is refused. Each rotation extends the session, up to its maximum lifetime.
 */
export interface SessionModel {
  /** Every generation since the login: when it began, and when its tokens expire. */
  readonly tokens: readonly { readonly from: Instant; readonly expiresAt: Instant }[];
  readonly ended: boolean;
}

/** The generation of the returned token; null for a refusal. */
type ModelAnswer = { readonly generation: number; readonly expiresAt: Instant } | null;

export interface Times {
  readonly refresh: Seconds;
  readonly longest: Seconds;
}

const wholeSeconds = (at: Instant): Instant => at - (at % 1000);

export const loggedIn = (at: Instant, { refresh }: Times): SessionModel => ({
  tokens: [{ from: at, expiresAt: wholeSeconds(at) + refresh * 1000 }],
  ended: false,
});

/** The answer to one use of a token, and the session after it. */
const use = (
  session: SessionModel,
  generation: number,
  at: Instant,
  { refresh, longest }: Times,
): { readonly answer: ModelAnswer; readonly session: SessionModel } => {
  const { tokens, ended } = session;
  const [birth, shown, newest] = [tokens[0], tokens[generation], tokens.at(-1)];
  const refused = { answer: null, session };
  if (ended || !birth || !shown || !newest || shown.expiresAt <= at) return refused;

  const replacements = tokens.length - 1 - generation;
  const within30 = tokens.length > 1 && at - newest.from < 30_000;
  if (within30 && replacements <= 1)
    return { answer: { generation: tokens.length - 1, expiresAt: newest.expiresAt }, session };
  if (replacements > 0) return { answer: null, session: { tokens, ended: true } };

  const extended = wholeSeconds(at) + refresh * 1000;
  const expiresAt = Math.min(extended, wholeSeconds(birth.from) + longest * 1000);
  return {
    answer: { generation: tokens.length, expiresAt },
    session: { tokens: [...tokens, { from: at, expiresAt }], ended: false },
  };
};

/** One use of a token, and its answer. */
export interface TokenUse {
  readonly generation: number;
  readonly answer: ModelAnswer;
}

/**
 * Finds an order of concurrent uses in which the rules give exactly these answers. Returns the session after it, or
 * null.
 */
export const explain = (
  session: SessionModel,
  uses: readonly TokenUse[],
  at: Instant,
  times: Times,
): SessionModel | null => {
  if (uses.length === 0) return session;
  for (const [index, { generation, answer }] of uses.entries()) {
    const next = use(session, generation, at, times);
    if (next.answer?.generation !== answer?.generation || next.answer?.expiresAt !== answer?.expiresAt) continue;
    const explained = explain(next.session, uses.toSpliced(index, 1), at, times);
    if (explained) return explained;
  }
  return null;
};
