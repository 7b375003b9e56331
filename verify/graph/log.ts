/** When something was sent or answered, in milliseconds; the turn orders what the clock does not tell apart. */
export type Mark = { at: number; turn: number };

/** A value that the service has acknowledged: it came to be after the one mark, and before the other. */
export type Written<Value> = { value: Value; sent: Mark; answered: Mark };

/** What the writers know, by username: each mentee's mentor, and how many mentees each mentor takes. null for none. */
export type Log = {
  mentors: Map<string, Written<string | null>[]>;
  capacities: Map<string, Written<number | null>[]>;
};

let turns = 0;
export const mark = (): Mark => ({ at: Date.now(), turn: (turns += 1) });

const before = { at: -Infinity, turn: 0 };

export const newLog = (usernames: readonly string[]): Log => {
  const unset = <Value>() =>
    new Map(
      usernames.map((name) => [name, [{ value: null, sent: before, answered: before }] as Written<Value | null>[]]),
    );
  return { mentors: unset<string>(), capacities: unset<number>() };
};

/**
 * What the value may have been at a moment: what was acknowledged by then, but for what another value has surely
 * replaced by then; and what was on its way. More than one only where a change was on its way, or two were sent at once.
 */
export const possibleAt = <Value>(written: readonly Written<Value>[], moment: number): Value[] => {
  const newest = Math.max(...written.filter(({ answered }) => answered.at <= moment).map(({ sent }) => sent.turn));
  const possible = written.filter(({ sent, answered }) => sent.at <= moment && answered.turn >= newest);
  return [...new Set(possible.map(({ value }) => value))];
};

/** The moment falls between the two marks. */
export const during = ({ sent, answered }: Written<unknown>, moment: number): boolean =>
  sent.at <= moment && moment <= answered.at;
