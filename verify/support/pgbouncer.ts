import { hasPgBouncer } from '../../tests/support/processes/pgbouncer.ts';
import { CannotRun } from './report.ts';

export const requirePgBouncer = (): void => {
  if (hasPgBouncer()) return;
  throw new CannotRun(
    'PgBouncer in transaction mode needs the program pgbouncer: apt-get install pgbouncer (or: brew install pgbouncer).',
  );
};
