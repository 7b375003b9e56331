import { accountsAndSessions } from './0001-accounts-and-sessions.ts';
import { revocationAndRecords } from './0002-revocation-and-records.ts';
import { mentorshipLifecycle } from './0003-mentorship-lifecycle.ts';
import { deactivatedUsers } from './0004-deactivated-users.ts';
import { requestRetention } from './0005-request-retention.ts';
import { boundedSearch } from './0006-bounded-search.ts';
import type { Migration } from './migration.ts';

/** The migrations, in the order in which they run. */
export const migrations: readonly Migration[] = [
  accountsAndSessions,
  revocationAndRecords,
  mentorshipLifecycle,
  deactivatedUsers,
  requestRetention,
  boundedSearch,
];
