/** The inputs with which each method of a port is called. The compiler lists missing methods. */
export type Calls<Port> = {
  readonly [Method in keyof Port]-?: Port[Method] extends (...input: infer Input) => unknown ? readonly Input[] : never;
};

export const subsets = <One>(all: readonly One[]): One[][] =>
  all.reduce<One[][]>((sets, one) => [...sets, ...sets.map((set) => [...set, one])], [[]]);

/** The object, and every copy of it without some of its keys. */
export const partsOf = <Fields extends object>(fields: Fields): Partial<Fields>[] =>
  subsets(Object.entries(fields)).map((entries) => Object.fromEntries(entries) as Partial<Fields>);
