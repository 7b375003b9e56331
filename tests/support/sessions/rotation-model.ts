import type { Instant, Seconds } from '@mentorship/domain';

/**
 * What must be answered to a refresh token, in the words of the rules:
 * 1. Showing the current one moves the session on and returns the next.
 * 2. For 30 s after that, the one before returns the same successor, and the current one, shown again, itself.
 * 3. Anything older is theft: the session is over for everybody.
 * 4. What has run out is refused, and nothing more. A session lives while it is used, up to its longest life.
 */
export interface SessionModel {
  /** Of every token in the row, from the login's on: when it came to be, and when it runs out. */
  readonly tokens: readonly { readonly from: Instant; readonly runsOut: Instant }[];
  readonly over: boolean;
}

/** The token that is returned, by its place in the row; null for a refusal. */
type ModelAnswer = { readonly generation: number; readonly runsOut: Instant } | null;

export interface Times {
  readonly refresh: Seconds;
  readonly longest: Seconds;
}

const wholeSeconds = (at: Instant): Instant => at - (at % 1000);

export const loggedIn = (at: Instant, { refresh }: Times): SessionModel => ({
  tokens: [{ from: at, runsOut: wholeSeconds(at) + refresh * 1000 }],
  over: false,
});

/** What one showing is answered, and the session after it. */
const show = (
  session: SessionModel,
  generation: number,
  at: Instant,
  { refresh, longest }: Times,
): { readonly answer: ModelAnswer; readonly session: SessionModel } => {
  const { tokens, over } = session;
  const [birth, shown, newest] = [tokens[0], tokens[generation], tokens.at(-1)];
  const refused = { answer: null, session };
  if (over || !birth || !shown || !newest || shown.runsOut <= at) return refused;

  const replacements = tokens.length - 1 - generation;
  const within30 = tokens.length > 1 && at - newest.from < 30_000;
  if (within30 && replacements <= 1)
    return { answer: { generation: tokens.length - 1, runsOut: newest.runsOut }, session };
  if (replacements > 0) return { answer: null, session: { tokens, over: true } };

  const alone = wholeSeconds(at) + refresh * 1000;
  const runsOut = Math.min(alone, wholeSeconds(birth.from) + longest * 1000);
  return {
    answer: { generation: tokens.length, runsOut },
    session: { tokens: [...tokens, { from: at, runsOut }], over: false },
  };
};

/** What was shown at one moment, and what came back. */
export interface Showing {
  readonly generation: number;
  readonly answer: ModelAnswer;
}

/** The session after showings at once, in an order in which the rules give just these answers; null when there is none. */
export const explain = (
  session: SessionModel,
  showings: readonly Showing[],
  at: Instant,
  times: Times,
): SessionModel | null => {
  if (showings.length === 0) return session;
  for (const [index, { generation, answer }] of showings.entries()) {
    const next = show(session, generation, at, times);
    if (next.answer?.generation !== answer?.generation || next.answer?.runsOut !== answer?.runsOut) continue;
    const explained = explain(next.session, showings.toSpliced(index, 1), at, times);
    if (explained) return explained;
  }
  return null;
};
