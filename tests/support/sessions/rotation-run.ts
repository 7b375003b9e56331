import { isDeepStrictEqual } from 'node:util';
import type { Application, Tokens } from '@mentorship/application';
import type { Instant, TokenClaims } from '@mentorship/domain';
import type { ManualClock } from '../manual-clock.ts';
import { explain, loggedIn, type SessionModel, type TokenUse } from './rotation-model.ts';
import { type Holder, type Step, type Trace, tracePolicy } from './rotation-traces.ts';

/** Processes on one store, with one clock. */
export interface RotationService {
  readonly processes: readonly Application[];
  readonly clock: ManualClock;
  readonly logIn: () => Promise<Tokens>;
}

/** Counts over all traces so far. */
export const newTally = () => ({
  traces: 0,
  steps: 0,
  refreshes: 0,
  rotations: 0,
  repeats: 0,
  lost: 0,
  /** Sessions of an owner alone that reached their maximum lifetime. */
  livedToTheEnd: 0,
  honestLoggedOutWithin30: 0,
  honestLoggedOutLater: 0,
  thefts: 0,
  /** Thefts after which owner and thief both refreshed; each ends in one of three ways: */
  bothWentOn: 0,
  caught: 0,
  /** One of the two used an expired token: it is refused, and the theft is not detected. */
  cameTooLate: 0,
  /** Each received the token of every rotation within 30 s, or the trace ended before that. */
  neverApart: 0,
});
export type Tally = ReturnType<typeof newTally>;

/** The newest token that a holder has received, and the step in which they received it. */
interface HeldToken {
  readonly token: string;
  readonly generation: number;
  readonly expiresAt: Instant;
  readonly receivedIn: number;
}

const times = { refresh: tracePolicy.lifetimes.refresh, longest: tracePolicy.rotation.maxSessionLifetime };
const grace = 30_000;

/** The claims of a token, from either signer. */
const claimsOf = (token: string): TokenClaims =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? token, 'base64url').toString()) as TokenClaims;

const check = (holds: boolean, otherwise: string): void => {
  if (!holds) throw new Error(otherwise);
};

/**
 * Runs a trace in a session of its own. Throws when an answer differs from the model's, or when a rule is broken:
 * - At most one rotation per 30 s; all tokens of a generation expire together, and no two have the same `jti`.
 * - A live token used 30 s or more after a rotation that its holder has not received ends the session. No other use
 *   ends it, and no other use of a live token is refused.
 * - No token expires after the session's maximum lifetime.
 * - After the session has ended, every process refuses its access tokens; until then every process accepts the live
 *   ones.
 */
export const runTrace = async (service: RotationService, trace: Trace, tally: Tally): Promise<void> => {
  const { processes, clock } = service;
  const openedAt = clock.now();
  const tokens = await service.logIn();
  const sid = claimsOf(tokens.refresh).sid;
  const maxExpiry = openedAt - (openedAt % 1000) + times.longest * 1000;
  const loginToken = {
    token: tokens.refresh,
    generation: 0,
    expiresAt: claimsOf(tokens.refresh).exp * 1000,
    receivedIn: -1,
  };
  const held: Record<Holder, HeldToken | null> = { owner: loginToken, thief: null };
  const accessTokens = [tokens.access];
  const seen = new Set([tokens.refresh, tokens.access].map((token) => claimsOf(token).jti));
  const rotations: { readonly at: Instant; readonly step: number }[] = [];
  const refreshedAfterTheft = new Set<Holder>();
  let model: SessionModel = loggedIn(openedAt, times);
  let cameTooLate = false;
  tally.traces++;

  const record = ({ access, refresh }: Partial<Tokens>, at: Instant, step: number): HeldToken => {
    const { generation = -1, exp, ...next } = claimsOf(refresh ?? '');
    const accessClaims = claimsOf(access ?? '');
    check(
      [next.sid, accessClaims.sid].every((id) => id === sid),
      'a refresh returned tokens of another session',
    );
    check(!seen.has(next.jti) && !seen.has(accessClaims.jti), 'two tokens have the same jti');
    check(exp * 1000 <= maxExpiry, 'a refresh token expires after the maximum lifetime of its session');
    if (generation > rotations.length) {
      check(at - (rotations.at(-1)?.at ?? -grace) >= grace, 'a session rotated twice within 30 s');
      rotations.push({ at, step });
      tally.rotations++;
    } else tally.repeats++;
    accessTokens.push(access ?? '');
    seen.add(next.jti).add(accessClaims.jti);
    return { token: refresh ?? '', generation, expiresAt: exp * 1000, receivedIn: step };
  };

  const runStep = async ({ wait, steal, refreshes }: Step, step: number): Promise<void> => {
    clock.advance(wait);
    const at = clock.now();
    if (steal) {
      if (held.thief === null && !isEnded(model, at)) tally.thefts++;
      held.thief = held.owner;
    }
    const shown = refreshes.flatMap((refresh) => {
      const token = held[refresh.who];
      return token ? [{ ...refresh, token }] : [];
    });
    const live = !isEnded(model, at);
    const isLate = ({ token }: { token: HeldToken }) =>
      token.expiresAt > at && rotations.some((one) => one.step > token.receivedIn && at - one.at >= grace);
    const late = live && shown.some(isLate);

    const answers = await Promise.all(
      shown.map(({ process, token }) => refreshOn(processes[process] as Application, token.token)),
    );
    const received = answers.map((answer) => answer && record(answer, at, step));
    const uses: TokenUse[] = shown.map(({ token }, index) => ({
      generation: token.generation,
      answer: answerOf(received[index]),
    }));
    const refused = shown.filter(({ token }, index) => live && token.expiresAt > at && !received[index]);
    if (held.thief === null && refused.length > 0) tally[late ? 'honestLoggedOutLater' : 'honestLoggedOutWithin30']++;
    const after = explain(model, uses, at, times);
    if (after === null) throw new Error(`no order of the uses explains their answers: ${JSON.stringify(uses)}`);
    model = after;
    check(
      model.ended || !late,
      'a session stayed open after a token was used 30 s after a rotation that its holder had not received',
    );
    check(late || refused.length === 0, 'a holder who had received every rotation was refused');

    for (const [index, { who, lost, token }] of shown.entries()) {
      const answer = received[index];
      tally.refreshes++;
      if (live && held.thief) refreshedAfterTheft.add(who);
      if (live && held.thief && token.expiresAt <= at) cameTooLate = true;
      if (answer && lost) tally.lost++;
      if (answer && !lost && answer.generation >= (held[who]?.generation ?? 0)) held[who] = answer;
    }
    tally.steps++;
  };

  for (const [index, step] of trace.entries()) {
    await runStep(step, index);
    if (model.ended) break;
  }
  await checkAccess(processes, accessTokens, clock.now(), !model.ended);
  if (held.thief === null && !model.ended && clock.now() >= maxExpiry) tally.livedToTheEnd++;
  if (refreshedAfterTheft.size === 2) {
    tally.bothWentOn++;
    tally[model.ended ? 'caught' : cameTooLate ? 'cameTooLate' : 'neverApart']++;
  }
};

const isEnded = ({ ended, tokens }: SessionModel, at: Instant): boolean =>
  ended || tokens.every(({ expiresAt }) => expiresAt <= at);

const answerOf = (received: HeldToken | null | undefined) =>
  received ? { generation: received.generation, expiresAt: received.expiresAt } : null;

/** Returns null for a refusal; rethrows any other error. */
const refreshOn = async (process: Application, refresh: string): Promise<Partial<Tokens> | null> => {
  try {
    return await process.refreshAccess({ refresh });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'refresh_token_refused') return null;
    throw error;
  }
};

const checkAccess = async (
  processes: readonly Application[],
  tokens: readonly string[],
  now: Instant,
  expected: boolean,
): Promise<void> => {
  const unexpired = tokens.filter((token) => claimsOf(token).exp * 1000 > now);
  for (const process of processes) {
    const accepted = unexpired.map((token) =>
      process.authenticate({ token }).then(
        () => true,
        (error: { code?: unknown }) => {
          if (error.code !== 'access_token_refused') throw error;
          return false;
        },
      ),
    );
    const all = await Promise.all(accepted);
    check(
      isDeepStrictEqual(
        all,
        all.map(() => expected),
      ),
      expected ? 'a live access token was refused' : 'an access token of an ended session was accepted',
    );
  }
};
