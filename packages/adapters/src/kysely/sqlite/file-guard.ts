import { type BigIntStats, statSync } from 'node:fs';
import { storageUnavailable } from '@mentorship/application';
import { StoreError } from '../../store-error.ts';

const identify = (path: string) => statSync(path, { bigint: true, throwIfNoEntry: false });

/**
 * Watches the file of an open database and its write-ahead log. SQLite continues to write to a file that was removed or
 * replaced, and all of that would be gone after a restart. Returns a function that throws `storage_unavailable` then;
 * moving the file back makes it usable again.
 */
export const guardFile = (path: string): (() => void) => {
  const known = new Map<string, BigIntStats>();
  return () => {
    for (const name of [path, `${path}-wal`]) {
      const [before, now] = [known.get(name), identify(name)];
      if (before !== undefined && (before.ino !== now?.ino || before.dev !== now.dev))
        throw storageUnavailable(
          new StoreError(
            `${name} was removed or replaced while the store was in use. Move it back, or restart the service.`,
          ),
        );
      if (now !== undefined) known.set(name, now);
    }
  };
};
