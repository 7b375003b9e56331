import { SqliteDialect, SqliteQueryCompiler } from 'kysely';

/**
 * Where SQLite's planner may look at the value of a parameter, which it does to see whether a partial index serves or how
 * large a limit is, it plans the query anew for each value: that takes several times as long as most answers. A unary
 * plus is a no-op (SQLite, "SQL Language Expressions"), but the planner does not look behind it.
 */
class PlannedOnce extends SqliteQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '+?';
  }
}

export class PlannedOnceDialect extends SqliteDialect {
  override createQueryCompiler(): SqliteQueryCompiler {
    return new PlannedOnce();
  }
}
