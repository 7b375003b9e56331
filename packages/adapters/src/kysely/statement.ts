import { type Compilable, CompiledQuery, type Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** What a query is built from. Booleans, and what is absent, shape it; all else are values, put in each time that it runs. */
type Input = Readonly<Record<string, string | number | boolean | null | undefined>>;

interface Prepared {
  /** The text alone: what it was built of is not kept. */
  readonly query: CompiledQuery;
  /** Where each of its parameters comes from: a value of the input, or the query itself. */
  readonly sources: readonly unknown[];
}

/** Stands for a value while the query is built; whoever looks at it would build a query for one value alone. */
class Slot {
  readonly key: string;
  constructor(key: string) {
    this.key = key;
  }
  [Symbol.toPrimitive](): never {
    throw new Error(`A statement is built before it has values: compute with ${this.key} where it is run.`);
  }
}

/**
 * A query that is built and compiled once for each shape of its input and each database, and then only run. Building one
 * anew costs as much as SQLite needs to answer it.
 */
export const statement = <Values extends Input, Row>(
  build: (db: Kysely<Schema>, input: Values) => Compilable<Row>,
): ((db: Kysely<Schema>, input: Values) => Promise<Row[]>) => {
  const databases = new WeakMap<object, Map<string, Prepared>>();

  const prepare = (db: Kysely<Schema>, input: Values): Prepared => {
    const slots = Object.entries(input).map(([key, value]) => [key, isShape(value) ? value : new Slot(key)]);
    const { sql, parameters } = build(db, Object.fromEntries(slots) as Values).compile();
    return { query: CompiledQuery.raw(sql), sources: parameters };
  };

  return async (db, input) => {
    const executor = db.getExecutor();
    // A transaction has the adapter of its database.
    let shapes = databases.get(executor.adapter);
    if (!shapes) databases.set(executor.adapter, (shapes = new Map()));
    const shape = shapeOf(input);
    let prepared = shapes.get(shape);
    if (!prepared) shapes.set(shape, (prepared = prepare(db, input)));
    const parameters: unknown[] = [];
    for (const source of prepared.sources) parameters.push(source instanceof Slot ? input[source.key] : source);
    const { rows } = await executor.executeQuery<Row>({ ...(prepared.query as CompiledQuery<Row>), parameters });
    return rows;
  };
};

/** The row of a query that always has one. */
export const only = <Row>([row]: readonly Row[]): Row => {
  if (row === undefined) throw new Error('A query that always has a row had none.');
  return row;
};

const isShape = (value: Input[string]): boolean => value === undefined || typeof value === 'boolean';

const shapeOf = (input: Input): string => {
  let shape = '';
  for (const key in input) {
    const value = input[key];
    if (value !== undefined) shape += typeof value === 'boolean' ? `${key}=${value},` : `${key},`;
  }
  return shape;
};
