import type { Store } from '../store.ts';
import { kyselyAttemptDirectory } from './security/attempt-repository.ts';
import type { Engine } from './engine/engine.ts';
import { kyselyMentorshipDirectory } from './mentorships/mentorship-directory.ts';
import { migrate } from './migrations/migrate.ts';
import { migrationDeadlineMs, defaultDeadlineMs } from './engine/deadline.ts';
import { refuseForeignDatabase } from './postgres/ownership.ts';
import { kyselySecurityEventDirectory } from './security/security-event-repository.ts';
import { kyselySessionDirectory } from './sessions/session-directory.ts';
import { kyselySigningKeyDirectory } from './security/signing-key-repository.ts';
import { kyselyStorage } from './storage.ts';
import { kyselyUserDirectory } from './users/user-directory.ts';

interface KyselyStoreOptions {
  /** Whether PostgreSQL keeps the plan of each statement with the connection, under a name; not for PgBouncer in transaction mode. */
  readonly preparedStatements?: boolean;
}

/**
 * Opens the store at `sqlite:<path>` or `postgres://…`, its schema brought up to date first.
 * Throws what the database says when it cannot be opened, and `StoreError`.
 */
export const openKyselyStore = async (url: string, options: KyselyStoreOptions = {}): Promise<Store> => {
  await migrateStore(url);
  const engine = await openEngine(url, defaultDeadlineMs, options);
  return {
    storage: kyselyStorage(engine),
    userDirectory: kyselyUserDirectory(engine.reads),
    mentorshipDirectory: kyselyMentorshipDirectory(engine.reads),
    sessionDirectory: {
      ...kyselySessionDirectory(engine.reads),
      endedSince: kyselySessionDirectory(engine.background).endedSince,
    },
    attemptDirectory: kyselyAttemptDirectory(engine.reads),
    securityEventDirectory: kyselySecurityEventDirectory(engine.reads),
    signingKeyDirectory: kyselySigningKeyDirectory(engine.background),
    connections: engine.connections,
    close: () => engine.close(),
  };
};

/** Makes the store if there is none, and brings its schema up to date. Throws as `openKyselyStore` does. */
export const migrateStore = async (url: string): Promise<void> => {
  const path = sqlitePath(url);
  if (path !== null) {
    const { refuseForeignFile } = await import('./sqlite/ownership.ts');
    await refuseForeignFile(path, migrationDeadlineMs);
  }
  const engine = await openEngine(url, migrationDeadlineMs, {});
  try {
    if (path === null) await refuseForeignDatabase(engine, url, migrationDeadlineMs);
    await migrate(engine);
  } finally {
    await engine.close();
  }
};

const sqlite = 'sqlite:';

/** The path in `sqlite:<path>`; null for any other kind of store. */
export const sqlitePath = (url: string): string | null => (url.startsWith(sqlite) ? url.slice(sqlite.length) : null);

/** Loads the driver of the one database that is used, and no other. */
const openEngine = async (url: string, patience: number, options: KyselyStoreOptions): Promise<Engine> => {
  const path = sqlitePath(url);
  if (path === null) {
    const { openPostgres } = await import('./postgres/engine.ts');
    return openPostgres(url, patience, options);
  }
  const { openSqlite } = await import('./sqlite/engine.ts');
  return openSqlite(path, patience);
};
