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

/** A store that lives and dies with its process; transactions run one at a time. */
export const openMemoryStore = (): Store => {
  const tables = createTables();
  const inTurn = createMutex();

  return {
    storage: {
      atomically: (work) =>
        inTurn(async () => {
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
      ping: async () => {},
    },
    userDirectory: memoryUserDirectory(tables, inTurn),
    mentorshipDirectory: memoryMentorshipDirectory(tables, inTurn),
    sessionDirectory: memorySessionDirectory(tables, inTurn),
    attemptDirectory: memoryAttemptDirectory(tables, inTurn),
    securityEventDirectory: memorySecurityEventDirectory(tables, inTurn),
    signingKeyDirectory: { list: () => inTurn(() => [...tables.signingKeys.values()]) },
    connections: () => ({}),
    close: async () => {},
  };
};
