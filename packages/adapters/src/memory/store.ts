import { isOpen } from '@mentorship/domain';
import type { Store } from '../store.ts';
import { memoryMentorships } from './mentorship-repository.ts';
import { createMutex } from './mutex.ts';
import { findSession, memorySessions } from './session-repository.ts';
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
            });
          } catch (error) {
            journal.undo();
            throw error;
          }
        }),
      ping: async () => {},
    },
    userDirectory: memoryUserDirectory(tables, inTurn),
    sessionDirectory: {
      isOpen: (reference) =>
        inTurn(() => {
          const session = findSession(tables, reference);
          return session !== undefined && isOpen(session);
        }),
    },
    signingKeyDirectory: { list: () => inTurn(() => [...tables.signingKeys.values()]) },
    close: async () => {},
  };
};
