import type { Policy } from '@mentorship/application';
import fc from 'fast-check';
import { policy } from '../test-application.ts';

/** Shorter than the real settings, so that a trace reaches the end of a session. */
export const tracePolicy = {
  ...policy,
  lifetimes: { access: 5 * 60, refresh: 10 * 60 },
  rotation: { maxSessionLifetime: 40 * 60 },
} satisfies Policy;

export type Holder = 'owner' | 'thief';

/** A holder uses their newest refresh token. When the response is lost, the holder keeps the old token. */
interface Refresh {
  readonly who: Holder;
  readonly process: number;
  readonly lost: boolean;
}

/** Time passes, a thief may copy the owner's token, and these refreshes run at once. */
export interface Step {
  readonly wait: number;
  readonly steal: boolean;
  readonly refreshes: readonly Refresh[];
}

export type Trace = readonly Step[];

const minute = 60_000;

const waits = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 29_999 }) },
  { weight: 4, arbitrary: fc.constantFrom(29_999, 30_000, 30_001) },
  { weight: 5, arbitrary: fc.integer({ min: 30_000, max: 4 * minute }) },
  { weight: 1, arbitrary: fc.integer({ min: 4 * minute, max: 11 * minute }) },
);

const oneIn = (count: number): fc.Arbitrary<boolean> => fc.nat(count - 1).map((number) => number === 1);

const refreshBy = (who: fc.Arbitrary<Holder>, lost: fc.Arbitrary<boolean>): fc.Arbitrary<Refresh> =>
  fc.record({ who, process: fc.nat(1), lost });

const refreshesBy = (who: fc.Arbitrary<Holder>, lost = oneIn(5)): fc.Arbitrary<Refresh[]> =>
  fc.array(refreshBy(who, lost), { minLength: 1, maxLength: 4, size: 'max' });

const owner = fc.constant<Holder>('owner');

/** An owner alone with several tabs, who may lose responses for any time. */
export const honestTraces: fc.Arbitrary<Trace> = fc.array(
  fc.record({ wait: waits, steal: fc.constant(false), refreshes: refreshesBy(owner) }),
  { minLength: 1, maxLength: 30, size: 'max' },
);

/** An owner and a thief, who may copy the token again later. */
export const theftTraces: fc.Arbitrary<Trace> = fc.array(
  fc.record({ wait: waits, steal: oneIn(8), refreshes: refreshesBy(fc.constantFrom('owner', 'thief')) }),
  { minLength: 5, maxLength: 30, size: 'max' },
);

/** An owner alone who refreshes before the token expires, and repeats lost refreshes within 30 s. */
export const patientTraces: fc.Arbitrary<Trace> = fc
  .array(
    fc.record({
      idle: fc.nat((tracePolicy.lifetimes.refresh - 60) * 1000),
      lost: fc.array(fc.record({ refreshes: refreshesBy(owner, fc.constant(true)), next: fc.nat(9_999) }), {
        maxLength: 3,
      }),
      answered: refreshesBy(owner, fc.constant(false)),
    }),
    { minLength: 10, maxLength: 20, size: 'max' },
  )
  .map((rounds) =>
    rounds.flatMap(({ idle, lost, answered }) => {
      const pauses = [idle, ...lost.map(({ next }) => next)];
      const attempts = [...lost.map(({ refreshes }) => refreshes), answered];
      return attempts.map((refreshes, at) => ({ wait: pauses[at] ?? 0, steal: false, refreshes }));
    }),
  );

export const allTraces: fc.Arbitrary<Trace> = fc.oneof(honestTraces, patientTraces, {
  weight: 2,
  arbitrary: theftTraces,
});
