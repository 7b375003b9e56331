import { isDeepStrictEqual } from 'node:util';
import type { Application, Tokens } from '@mentorship/application';
import type { Instant, TokenClaims } from '@mentorship/domain';
import type { ManualClock } from '../manual-clock.ts';
import { explain, loggedIn, type SessionModel, type Showing } from './rotation-model.ts';
import { type Holder, type Step, type Trace, tracePolicy } from './rotation-traces.ts';

/** Processes on one store, by one clock. */
export interface RotationService {
  readonly processes: readonly Application[];
  readonly clock: ManualClock;
  readonly logIn: () => Promise<Tokens>;
}

/** What has happened in the traces so far. */
export const newTally = () => ({
  traces: 0,
  steps: 0,
  refreshes: 0,
  rotations: 0,
  repeats: 0,
  lost: 0,
  /** Sessions of an owner alone that reached their longest life. */
  livedToTheEnd: 0,
  honestLoggedOutWithin30: 0,
  honestLoggedOutLater: 0,
  thefts: 0,
  /** The thefts after which owner and thief both refreshed, which end in one of three ways. */
  bothWentOn: 0,
  caught: 0,
  /** One of the two came back only when their token had run out: refused, and nobody learns why. */
  cameTooLate: 0,
  /** Each was told of every rotation within 30 s, or the trace was over before that. */
  neverApart: 0,
});
export type Tally = ReturnType<typeof newTally>;

/** What one of the two has: the newest token they were told of, and in which step that was. */
interface Held {
  readonly token: string;
  readonly generation: number;
  readonly runsOut: Instant;
  readonly toldIn: number;
}

const times = { refresh: tracePolicy.lifetimes.refresh, longest: tracePolicy.rotation.maxSessionLifetime };
const grace = 30_000;

/** The claims of a token, whoever signed it. */
const claimsOf = (token: string): TokenClaims =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? token, 'base64url').toString()) as TokenClaims;

const check = (holds: boolean, otherwise: string): void => {
  if (!holds) throw new Error(otherwise);
};

/**
 * Runs a trace in a session of its own. Throws when an answer is not the model's, or when one of these does not hold:
 * - at most one rotation in 30 s; all tokens of a generation run out together, and no two have the same `jti`;
 * - whoever shows a token that has not run out, 30 s or more after a rotation that they were not told of, ends the session;
 *   nobody else does, and nobody else is refused;
 * - no token runs out after the session's longest life;
 * - once the session has ended, no access token of it is let in by any process; until then every live one is.
 */
export const runTrace = async (service: RotationService, trace: Trace, tally: Tally): Promise<void> => {
  const { processes, clock } = service;
  const born = clock.now();
  const tokens = await service.logIn();
  const sid = claimsOf(tokens.refresh).sid;
  const longestLife = born - (born % 1000) + times.longest * 1000;
  const loginToken = { token: tokens.refresh, generation: 0, runsOut: claimsOf(tokens.refresh).exp * 1000, toldIn: -1 };
  const held: Record<Holder, Held | null> = { owner: loginToken, thief: null };
  const accessTokens = [tokens.access];
  const seen = new Set([tokens.refresh, tokens.access].map((token) => claimsOf(token).jti));
  const rotations: { readonly at: Instant; readonly step: number }[] = [];
  const wentOn = new Set<Holder>();
  let model: SessionModel = loggedIn(born, times);
  let cameTooLate = false;
  tally.traces++;

  const note = ({ access, refresh }: Partial<Tokens>, at: Instant, step: number): Held => {
    const { generation = -1, exp, ...next } = claimsOf(refresh ?? '');
    const accessClaims = claimsOf(access ?? '');
    check(
      [next.sid, accessClaims.sid].every((id) => id === sid),
      'a refresh answered with tokens of another session',
    );
    check(!seen.has(next.jti) && !seen.has(accessClaims.jti), 'two tokens have the same jti');
    check(exp * 1000 <= longestLife, 'a refresh token runs out after the longest life of its session');
    if (generation > rotations.length) {
      check(at - (rotations.at(-1)?.at ?? -grace) >= grace, 'a session rotated twice within 30 s');
      rotations.push({ at, step });
      tally.rotations++;
    } else tally.repeats++;
    accessTokens.push(access ?? '');
    seen.add(next.jti).add(accessClaims.jti);
    return { token: refresh ?? '', generation, runsOut: exp * 1000, toldIn: step };
  };

  const runStep = async ({ wait, steal, refreshes }: Step, step: number): Promise<void> => {
    clock.advance(wait);
    const at = clock.now();
    if (steal) {
      if (held.thief === null && !isOver(model, at)) tally.thefts++;
      held.thief = held.owner;
    }
    const shown = refreshes.flatMap((refresh) => {
      const token = held[refresh.who];
      return token ? [{ ...refresh, token }] : [];
    });
    const live = !isOver(model, at);
    const isLate = ({ token }: { token: Held }) =>
      token.runsOut > at && rotations.some((one) => one.step > token.toldIn && at - one.at >= grace);
    const late = live && shown.some(isLate);

    const answers = await Promise.all(
      shown.map(({ process, token }) => refreshOn(processes[process] as Application, token.token)),
    );
    const told = answers.map((answer) => answer && note(answer, at, step));
    const showings: Showing[] = shown.map(({ token }, index) => ({
      generation: token.generation,
      answer: answerOf(told[index]),
    }));
    const refused = shown.filter(({ token }, index) => live && token.runsOut > at && !told[index]);
    if (held.thief === null && refused.length > 0) tally[late ? 'honestLoggedOutLater' : 'honestLoggedOutWithin30']++;
    const after = explain(model, showings, at, times);
    if (after === null) throw new Error(`no order of the showings explains their answers: ${JSON.stringify(showings)}`);
    model = after;
    check(
      model.over || !late,
      'a session outlived a token shown 30 s after a rotation that its holder was not told of',
    );
    check(late || refused.length === 0, 'somebody was refused who could know of every rotation');

    for (const [index, { who, lost, token }] of shown.entries()) {
      const answer = told[index];
      tally.refreshes++;
      if (live && held.thief) wentOn.add(who);
      if (live && held.thief && token.runsOut <= at) cameTooLate = true;
      if (answer && lost) tally.lost++;
      if (answer && !lost && answer.generation >= (held[who]?.generation ?? 0)) held[who] = answer;
    }
    tally.steps++;
  };

  for (const [index, step] of trace.entries()) {
    await runStep(step, index);
    if (model.over) break;
  }
  await checkAccess(processes, accessTokens, clock.now(), !model.over);
  if (held.thief === null && !model.over && clock.now() >= longestLife) tally.livedToTheEnd++;
  if (wentOn.size === 2) {
    tally.bothWentOn++;
    tally[model.over ? 'caught' : cameTooLate ? 'cameTooLate' : 'neverApart']++;
  }
};

const isOver = ({ over, tokens }: SessionModel, at: Instant): boolean =>
  over || tokens.every(({ runsOut }) => runsOut <= at);

const answerOf = (told: Held | null | undefined) =>
  told ? { generation: told.generation, runsOut: told.runsOut } : null;

/** null for a refusal; any other failure is one of the run. */
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
    const entered = unexpired.map((token) =>
      process.authenticate({ token }).then(
        () => true,
        (error: { code?: unknown }) => {
          if (error.code !== 'access_token_refused') throw error;
          return false;
        },
      ),
    );
    const all = await Promise.all(entered);
    check(
      isDeepStrictEqual(
        all,
        all.map(() => expected),
      ),
      expected ? 'a live access token was refused' : 'an access token of an ended session was let in',
    );
  }
};
