import { type Dialect, DummyDriver, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';

/**
 * Where SQLite's planner may look at the value of a parameter, which it does to see whether a partial index serves or how
 * large a limit is, it plans the query anew for each value: that takes several times as long as most answers. A unary
 * plus is a no-op (SQLite, "SQL Language Expressions"), but the planner does not look behind it.
 */
const parameter = '+?';

/** SQL as SQLite wants it; what runs it is our own. */
export const sqliteDialect: Dialect = {
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => new DummyDriver(),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler() {
    const compiler = new SqliteQueryCompiler();
    return Object.assign<object, object>(compiler, {
      getCurrentParameterPlaceholder: () => parameter,
    }) as SqliteQueryCompiler;
  },
};
