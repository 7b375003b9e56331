import { UnavailableError } from '@mentorship/application';
import { DeadlinePassed } from './kysely/engine/deadline.ts';
import { SettingsError } from './environment/index.ts';
import { StoreError } from './store-error.ts';
import { showInvisible } from './visible.ts';

export { showInvisible } from './visible.ts';

/** An error of Node or of a database driver. */
interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly port?: number;
}

/** One kind of failure, and its plain line: what is wrong, then what to do. */
export interface Explanation {
  readonly when: (cause: SystemError, error: unknown) => boolean;
  readonly say: (message: string, error: unknown) => string;
}

/**
 * Explains a failure to the operator in one plain line. The first explanation that fits is used; those of the program
 * come before those of settings, files and databases.
 */
export const explainFailure = (error: unknown, own: readonly Explanation[] = []): string => {
  const cause = rootCause(error);
  const explanation = [...own, ...explanations].find(({ when }) => when(cause, error));
  return showInvisible((explanation ? explanation.say(cause.message, error) : cause.message).replaceAll('\n', ' '));
};

/** Returns the innermost cause of an error, or of the first of several attempts. */
export const rootCause = (error: unknown): SystemError => {
  let cause = error as SystemError & { readonly errors?: readonly SystemError[] };
  for (let next; (next = cause.cause ?? cause.errors?.[0]);) cause = next as SystemError;
  return cause;
};

/** What to do about a code of Node, SQLite or PostgreSQL, where it says more than the kind of failure does. */
const remedies: readonly (readonly [codes: RegExp, remedy: string])[] = [
  [/^(ENOSPC|EDQUOT|SQLITE_FULL|53100)$/, 'Free some space on its disk, and try again.'],
  [/^E[MN]FILE$/, 'Raise the limit of open files (ulimit -n).'],
  // SQLite also reports a full disk so, when a file beside the database cannot grow.
  [/^SQLITE_IOERR/, 'Check that its disk has free space and no faults.'],
  [/^SQLITE_(BUSY|LOCKED)/, 'Stop the process that has it locked, or try again.'],
  [/^53300$/, 'Close some connections, or raise max_connections of the server.'],
  [/^42501$/, 'Grant its role this right, or name another role in its URL (DATABASE_URL for the service).'],
];

/** Returns what to do about the error, or else the general advice. */
export const remedyFor = (error: unknown, advice: string): string => {
  const { code = '' } = rootCause(error);
  return remedies.find(([codes]) => codes.test(code))?.[1] ?? advice;
};

const isNetworkError = ({ code, syscall }: SystemError): boolean =>
  ['connect', 'getaddrinfo'].includes(syscall ?? '') || /^E(CONN|HOST|NET|PIPE|TIMEDOUT)/.test(code ?? '');

const noAnswer = 'the database did not answer in time. Check that it runs, and that no other process has it locked.';

const explanations: readonly Explanation[] = [
  {
    when: (_, error) => error instanceof SettingsError || error instanceof StoreError,
    say: (message) => message,
  },
  {
    when: ({ code }) => /^SQLITE_(CORRUPT|NOTADB)/.test(code ?? ''),
    say: (message) =>
      `the SQLite database is damaged, or is not an SQLite database (${message}). Check DATABASE_URL, or restore a backup.`,
  },
  {
    when: ({ code }) => code?.startsWith('SQLITE_') === true,
    say: (message, error) =>
      `the SQLite database cannot be opened or written (${message}). ` +
      remedyFor(error, 'Check the path in DATABASE_URL, and who may write there.'),
  },
  {
    // The PostgreSQL driver opens files too, such as certificates: it reports them as a store that is unavailable.
    when: (cause, error) =>
      cause.syscall !== undefined && !isNetworkError(cause) && !(error instanceof UnavailableError),
    say: (message, error) =>
      `a file or folder cannot be used (${message}). ` +
      remedyFor(error, 'Check the path, for example in DATABASE_URL, and who may read and write there.'),
  },
  {
    // Of both databases.
    when: (cause) => cause instanceof DeadlinePassed,
    say: () => noAnswer,
  },
  {
    // Node's codes can look like PostgreSQL's (EPERM, EROFS), but come with the name of a system call.
    when: (cause, error) =>
      (error instanceof UnavailableError && cause !== error) ||
      isNetworkError(cause) ||
      (cause.syscall === undefined && /^[0-9A-Z]{5}$/.test(cause.code ?? '')),
    say: (message, error) =>
      `PostgreSQL cannot be used (${message}). ${remedyFor(error, 'Check that it runs, and DATABASE_URL.')}`,
  },
  {
    when: (_, error) => error instanceof UnavailableError && error.code === 'storage_unavailable',
    say: () => noAnswer,
  },
  {
    when: (_, error) => error instanceof UnavailableError && error.code === 'overloaded',
    say: () => 'too many passwords are being checked or set. Try again.',
  },
];
