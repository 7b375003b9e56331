import type { Store } from '../store.ts';
import { defaultDeadlineMs, migrationDeadlineMs } from './engine/deadline.ts';
import type { Engine } from './engine/engine.ts';
import { kyselyMentorshipDirectory } from './mentorships/mentorship-directory.ts';
import { migrate } from './migrations/migrate.ts';
import { kyselyAttemptDirectory } from './security/attempt-repository.ts';
import { kyselySecurityEventDirectory } from './security/security-event-repository.ts';
import { kyselySigningKeyDirectory } from './security/signing-key-repository.ts';
import { kyselySessionDirectory } from './sessions/session-directory.ts';
import { fileWarnings } from './sqlite/file-name.ts';
import { kyselyStorage } from './storage.ts';
import { kyselyUserDirectory } from './users/user-directory.ts';

interface KyselyStoreOptions {
  /** Whether PostgreSQL connections prepare statements under names. PgBouncer in transaction mode does not support it. */
  readonly preparedStatements?: boolean;
}

/**
 * Opens the store at `sqlite:<path>` or `postgres://…`, after its schema is brought up to date.
 * Throws `StoreError`, and the database's own error when it cannot be opened.
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

/** Creates the store if it does not exist, and brings its schema up to date. Throws as `openKyselyStore` does. */
export const migrateStore = async (url: string): Promise<void> => {
  const path = sqlitePath(url);
  if (path !== null) {
    const { requireOwnership } = await import('./sqlite/ownership.ts');
    await requireOwnership(path, migrationDeadlineMs);
  }
  const engine = await openEngine(url, migrationDeadlineMs);
  try {
    if (path === null) {
      const { requireOwnership } = await import('./postgres/ownership.ts');
      await requireOwnership(engine, url, migrationDeadlineMs);
    }
    await migrate(engine);
  } finally {
    await engine.close();
  }
};

const sqlite = 'sqlite:';

/** The path in `sqlite:<path>`; null for a store that is not SQLite. */
export const sqlitePath = (url: string): string | null => (url.startsWith(sqlite) ? url.slice(sqlite.length) : null);

/** Returns what makes it unsafe to use the store at the URL under its name, a line each. */
export const storeWarnings = (url: string): string[] => {
  const path = sqlitePath(url);
  return path === null ? [] : fileWarnings(path);
};

/** Loads only the driver of the database that the URL names. */
const openEngine = async (url: string, deadlineMs: number, options: KyselyStoreOptions = {}): Promise<Engine> => {
  const path = sqlitePath(url);
  if (path !== null) return (await import('./sqlite/engine.ts')).openEngine(path, deadlineMs);
  return (await import('./postgres/engine.ts')).openEngine(url, deadlineMs, options);
};
