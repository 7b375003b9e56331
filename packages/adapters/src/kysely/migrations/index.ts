import { accountsAndSessions } from './0001-accounts-and-sessions.ts';
import type { Migration } from './migration.ts';

/** In the order in which they run. */
export const migrations: readonly Migration[] = [accountsAndSessions];
