import { type Compilable, CompiledQuery, type Expression, type Kysely, ValueNode } from 'kysely';
import type { Schema } from '../schema/schema.ts';

type Values = Readonly<Record<string, string | number | null>>;
type Shaped = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * What a builder receives of its input: a placeholder for each value. It may put placeholders into the query but never
 * branch on them, because the query is built once and then runs with other values. The types refuse to compare one.
 * In `preparedQueryByShape`, booleans and `undefined` stay values: each combination of them is a query of its own.
 */
export type Placeholders<Input> = { readonly [Key in keyof Input]: PlaceholderFor<Input[Key]> };

type Shape = boolean | undefined;
type PlaceholderFor<Value> =
  Exclude<Value, Shape> extends infer Filled
    ? ([Filled] extends [never] ? never : Expression<Filled>) | Extract<Value, Shape>
    : never;

interface Prepared {
  /** The text alone, without the nodes that it was compiled from. */
  readonly query: CompiledQuery;
  /** Each parameter: a placeholder to fill from the input, or a constant of the query. */
  readonly sources: readonly unknown[];
}

/** Stands for a value of the input while the query is built. */
class Placeholder implements Expression<never> {
  readonly key: string;
  readonly expressionType: undefined;
  constructor(key: string) {
    this.key = key;
  }
  toOperationNode(): ValueNode {
    return ValueNode.create(this);
  }
  [Symbol.toPrimitive](): never {
    throw new Error(
      `A prepared query is built before it has values. Compute with "${this.key}" where the query is run.`,
    );
  }
}

/**
 * Builds and compiles a query once for each database, then runs it with the values of each call. Building a query costs
 * as much time as SQLite needs to answer it. The input has no optional keys: without one it would be another query.
 */
export const preparedQuery = <Input extends Values & Required<Input>, Row>(
  build: (db: Kysely<Schema>, input: Placeholders<Input>) => Compilable<Row>,
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

/** The same for a query whose shape depends on which keys are `undefined` and which are true: built once for each shape. */
export const preparedQueryByShape = <Input extends Shaped, Row>(
  build: (db: Kysely<Schema>, input: Placeholders<Input>) => Compilable<Row>,
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

/** The same for a query over a list of items: built once for each length. The caller bounds the length. */
export const preparedQueryByLength = <Item extends Values & Required<Item>, Input extends Shaped, Row>(
  build: (db: Kysely<Schema>, items: readonly Placeholders<Item>[], input: Placeholders<Input>) => Compilable<Row>,
): ((db: Kysely<Schema>, items: readonly Item[], input: Input) => Promise<Row[]>) => {
  const query = preparedQueryByShape((db, flat: Placeholders<Shaped>) => {
    const items: Record<string, unknown>[] = [];
    const input: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(flat)) {
      const [key = '', at] = name.split(' ');
      if (at === undefined) input[key] = value;
      else (items[Number(at)] ??= {})[key] = value;
    }
    return build(db, items as Placeholders<Item>[], input as Placeholders<Input>);
  });
  return (db, items, input) => {
    const flat: Record<string, Shaped[string]> = { ...input };
    for (const [at, item] of items.entries()) for (const key in item) flat[`${key} ${at}`] = item[key];
    return query(db, flat);
  };
};

const isShape = (value: Shaped[string]): value is Shape => value === undefined || typeof value === 'boolean';

const prepare = <Input extends Shaped>(
  build: (db: Kysely<Schema>, input: Placeholders<Input>) => Compilable<unknown>,
  db: Kysely<Schema>,
  input: Input,
): Prepared => {
  const placeholders = Object.entries(input).map(([key, value]) => [
    key,
    isShape(value) ? value : new Placeholder(key),
  ]);
  const { sql, parameters } = build(db, Object.fromEntries(placeholders) as Placeholders<Input>).compile();
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

/** Returns the row of a query that always has one. Throws when there is none. */
export const only = <Row>([row]: readonly Row[]): Row => {
  if (row === undefined) throw new Error('This query always returns a row, but there was none.');
  return row;
};
