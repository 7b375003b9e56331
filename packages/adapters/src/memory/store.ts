import type { Store } from '../store.ts';
import { memoryAttemptDirectory, memoryAttempts } from './attempt-repository.ts';
import { memoryMentorshipDirectory } from './mentorship-directory.ts';
import { memoryMentorships } from './mentorship-repository.ts';
import { createMutex } from './mutex.ts';
import { memorySecurityEventDirectory, memorySecurityEvents } from './security-event-repository.ts';
import { memorySessionDirectory } from './session-directory.ts';
import { memorySessions } from './session-repository.ts';
import { memorySigningKeys } from './signing-key-repository.ts';
import { createJournal, createTables } from './tables.ts';
import { memoryUserDirectory } from './user-directory.ts';
import { memoryUsers } from './user-repository.ts';

/** Opens a store in the memory of its process. Transactions are serialized. */
export const openMemoryStore = (): Store => {
  const tables = createTables();
  const runExclusive = createMutex();

  return {
    storage: {
      atomically: (work) =>
        runExclusive(async () => {
          const journal = createJournal();
          try {
            return await work({
              users: memoryUsers(tables, journal),
              mentorships: memoryMentorships(tables, journal),
              sessions: memorySessions(tables, journal),
              signingKeys: memorySigningKeys(tables, journal),
              attempts: memoryAttempts(tables, journal),
              securityEvents: memorySecurityEvents(tables, journal),
            });
          } catch (error) {
            journal.undo();
            throw error;
          }
        }),
      eraseTraces: async () => true,
      ping: async () => {},
    },
    userDirectory: memoryUserDirectory(tables, runExclusive),
    mentorshipDirectory: memoryMentorshipDirectory(tables, runExclusive),
    sessionDirectory: memorySessionDirectory(tables, runExclusive),
    attemptDirectory: memoryAttemptDirectory(tables, runExclusive),
    securityEventDirectory: memorySecurityEventDirectory(tables, runExclusive),
    signingKeyDirectory: { list: () => runExclusive(() => [...tables.signingKeys.values()]) },
    connections: () => ({}),
    close: async () => {},
  };
};
