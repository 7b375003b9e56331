import { type Dialect, DummyDriver, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';

/**
 * Writes a parameter as `+?`. SQLite's planner looks at the value of a bare `?`, to choose a partial index or to estimate
 * a limit, and then plans the query again for each value: that takes several times as long as most answers. A unary plus
 * is a no-op (SQLite, "SQL Language Expressions"), but hides the value from the planner.
 */
class PlanOnceCompiler extends SqliteQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '+?';
  }
}

/** Compiles queries for SQLite; the runner runs them. */
export const dialect: Dialect = {
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => new DummyDriver(),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new PlanOnceCompiler(),
};
