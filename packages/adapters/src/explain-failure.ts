import { UnavailableError } from '@mentorship/application';
import { SettingsError } from './environment/index.ts';
import { StoreError } from './store-error.ts';

interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
}

/** What one failure comes down to, in a plain line: what is wrong, and what to do. */
export interface Explanation {
  readonly when: (cause: SystemError, error: unknown) => boolean;
  readonly say: (message: string, error: unknown) => string;
}

/**
 * One plain line for whoever runs a program on a store. The first explanation that fits is told; those of the program's
 * own come before those of settings and databases.
 */
export const explainFailure = (error: unknown, own: readonly Explanation[] = []): string => {
  const cause = rootCause(error);
  const known = [...own, ...explanations].find(({ when }) => when(cause, error));
  return (known ? known.say(cause.message, error) : cause.message).replaceAll('\n', ' ');
};

const explanations: readonly Explanation[] = [
  {
    when: (_, error) => error instanceof SettingsError || error instanceof StoreError,
    say: (message) => message,
  },
  {
    when: ({ code }) => /^SQLITE_(CORRUPT|NOTADB)/.test(code ?? ''),
    say: (message) =>
      `the SQLite database is damaged, or is none (${message}). Check DATABASE_URL, or restore a backup.`,
  },
  {
    // A file that is opened for PostgreSQL, such as a certificate, is told as a store that is not available.
    when: ({ code, syscall }, error) =>
      (['mkdir', 'open'].includes(syscall ?? '') && !(error instanceof UnavailableError)) ||
      code?.startsWith('SQLITE_') === true,
    say: (message) =>
      `the SQLite database cannot be opened or written (${message}). Check the path in DATABASE_URL and who may write there.`,
  },
  {
    when: ({ code, syscall }, error) =>
      error instanceof UnavailableError ||
      ['connect', 'getaddrinfo'].includes(syscall ?? '') ||
      /^[0-9A-Z]{5}$/.test(code ?? ''),
    say: (message) => `PostgreSQL cannot be used (${message}). Check that it runs, and DATABASE_URL.`,
  },
];

/** What lies under an error that was told in other words, or under several attempts. */
export const rootCause = (error: unknown): SystemError => {
  let cause = error as SystemError & { readonly errors?: readonly SystemError[] };
  for (let next; (next = cause.cause ?? cause.errors?.[0]);) cause = next as SystemError;
  return cause;
};
