import { type Compilable, CompiledQuery, type Kysely } from 'kysely';
import type { Schema } from '../schema/schema.ts';

type Values = Readonly<Record<string, string | number | null>>;
type Shaped = Readonly<Record<string, string | number | boolean | null | undefined>>;

interface Prepared {
  /** The text alone: what it was built of is not kept. */
  readonly query: CompiledQuery;
  /** Where each of its parameters comes from: a value of the input, or the query itself. */
  readonly sources: readonly unknown[];
}

/** Stands for a value while the query is built; whoever looks at it would build a query for one value alone. */
class Placeholder {
  readonly key: string;
  constructor(key: string) {
    this.key = key;
  }
  [Symbol.toPrimitive](): never {
    throw new Error(`A statement is built before it has values: compute with ${this.key} where it is run.`);
  }
}

/**
 * A query that is built and compiled once for each database, and then only run, with other values each time. Building one
 * anew costs as much as SQLite needs to answer it. Nothing of its input may be absent: that would be another query.
 */
export const preparedQuery = <Input extends Values & Required<Input>, Row>(
  build: (db: Kysely<Schema>, input: Input) => Compilable<Row>,
): ((db: Kysely<Schema>, input: Input) => Promise<Row[]>) => {
  const databases = new WeakMap<object, Prepared>();
  return (db, input) => {
    // A transaction has the adapter of its database.
    const { adapter } = db.getExecutor();
    let prepared = databases.get(adapter);
    if (!prepared) databases.set(adapter, (prepared = prepare(build, db, input)));
    return run(prepared, db, input);
  };
};

/** The same for a query whose input shapes it by what is absent and by what is true: built once for each shape. */
export const preparedQueryByShape = <Input extends Shaped, Row>(
  build: (db: Kysely<Schema>, input: Input) => Compilable<Row>,
): ((db: Kysely<Schema>, input: Input) => Promise<Row[]>) => {
  const databases = new WeakMap<object, Map<string, Prepared>>();
  return (db, input) => {
    const { adapter } = db.getExecutor();
    let shapes = databases.get(adapter);
    if (!shapes) databases.set(adapter, (shapes = new Map()));
    const shape = shapeOf(input);
    let prepared = shapes.get(shape);
    if (!prepared) shapes.set(shape, (prepared = prepare(build, db, input)));
    return run(prepared, db, input);
  };
};

const isShape = (value: Shaped[string]): boolean => value === undefined || typeof value === 'boolean';

const prepare = <Input extends Shaped>(
  build: (db: Kysely<Schema>, input: Input) => Compilable<unknown>,
  db: Kysely<Schema>,
  input: Input,
): Prepared => {
  const slots = Object.entries(input).map(([key, value]) => [key, isShape(value) ? value : new Placeholder(key)]);
  const { sql, parameters } = build(db, Object.fromEntries(slots) as Input).compile();
  return { query: CompiledQuery.raw(sql), sources: parameters };
};

const run = <Row>({ query, sources }: Prepared, db: Kysely<Schema>, input: Shaped): Promise<Row[]> => {
  const parameters: unknown[] = [];
  for (const source of sources) parameters.push(source instanceof Placeholder ? input[source.key] : source);
  const { sql, query: node, queryId } = query as CompiledQuery<Row>;
  return db.getExecutor().executeQuery<Row>({ sql, query: node, queryId, parameters }).then(rowsOf);
};

const rowsOf = <Row>({ rows }: { readonly rows: Row[] }): Row[] => rows;

const shapeOf = (input: Shaped): string => {
  let shape = '';
  for (const key in input) {
    const value = input[key];
    if (value !== undefined) shape += typeof value === 'boolean' ? `${key}=${value},` : `${key},`;
  }
  return shape;
};

/** The row of a query that always has one. */
export const only = <Row>([row]: readonly Row[]): Row => {
  if (row === undefined) throw new Error('A query that always has a row had none.');
  return row;
};
