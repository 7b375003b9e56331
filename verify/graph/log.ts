/** The time of a request or response, in milliseconds; `order` orders marks of the same millisecond. */
export type Mark = { at: number; order: number };

/** A value that the service acknowledged: it was written between the two marks. */
export type Written<Value> = { value: Value; sent: Mark; answered: Mark };

/** The acknowledged values by username: each mentee's mentor, and each mentor's capacity. null for none. */
export type Log = {
  mentors: Map<string, Written<string | null>[]>;
  capacities: Map<string, Written<number | null>[]>;
};

let sequence = 0;
export const mark = (): Mark => ({ at: Date.now(), order: (sequence += 1) });

const before = { at: -Infinity, order: 0 };

export const newLog = (usernames: readonly string[]): Log => {
  const unset = <Value>() =>
    new Map(
      usernames.map((name) => [name, [{ value: null, sent: before, answered: before }] as Written<Value | null>[]]),
    );
  return { mentors: unset<string>(), capacities: unset<number>() };
};

/**
 * The values that were possible at a timestamp: those acknowledged by then and not certainly replaced by then, and those in
 * progress. More than one only if a change was in progress, or two were sent at once.
 */
export const possibleAt = <Value>(written: readonly Written<Value>[], timestamp: number): Value[] => {
  const newest = Math.max(...written.filter(({ answered }) => answered.at <= timestamp).map(({ sent }) => sent.order));
  const possible = written.filter(({ sent, answered }) => sent.at <= timestamp && answered.order >= newest);
  return [...new Set(possible.map(({ value }) => value))];
};

/** Whether the timestamp is between the two marks. */
export const during = ({ sent, answered }: Written<unknown>, timestamp: number): boolean =>
  sent.at <= timestamp && timestamp <= answered.at;
