import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import { UnavailableError } from '@mentorship/application';
import { DeadlinePassed } from './kysely/engine/deadline.ts';
import { SettingsError } from './environment/index.ts';
import { StoreError } from './store-error.ts';
import { showInvisible } from './visible.ts';

export { showInvisible } from './visible.ts';

/** An error of Node or of a database driver. */
interface SystemError extends Error {
  readonly code?: string;
  readonly errno?: number;
  readonly syscall?: string;
  readonly port?: number;
}

/** One type of failure, and its plain line: what is wrong, then what to do. */
export interface Explanation {
  readonly when: (cause: SystemError, error: unknown) => boolean;
  readonly say: (message: string, error: unknown) => string;
}

/**
 * Explains a failure to the operator in one plain line. The first explanation that fits is used: first the program's
 * own, then settings, files and databases.
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

const errnos = Object.entries(constants.errno);
const errnoNames = new Set([...errnos, ...getSystemErrorMap().values()].map(([name]) => name));

/** The code of the cause. Node gives some errors of the system no name, such as EDQUOT, a full quota. */
export const errorCode = ({ code = '', errno }: SystemError): string =>
  code.startsWith('Unknown system error')
    ? (errnos.find(([, number]) => number === Math.abs(errno ?? 0))?.[0] ?? code)
    : code;

/** What to do about a code of Node, SQLite or PostgreSQL, where it says more than the type of the failure does. */
const remedies: readonly (readonly [codes: RegExp, remedy: string])[] = [
  [/^(ENOSPC|EDQUOT|SQLITE_FULL|53100)$/, 'Free some space on its disk, and try again.'],
  [/^E[MN]FILE$/, 'Raise the limit of open files (ulimit -n).'],
  [/^EFBIG$/, 'Raise the limit of file sizes (ulimit -f), or name a path on another disk.'],
  [/^EROFS$/, 'Its disk is mounted read-only. Mount it for writing, or name a path on another one.'],
  [/^EXDEV$/, 'Name a path on the same disk.'],
  [/^(EBUSY|ETXTBSY)$/, 'It is a mount point, or another program uses it. Stop that program, or name another path.'],
  [/^EISDIR$/, 'It is a folder. Name a file, for example in DATABASE_URL.'],
  [/^ENOTDIR$/, 'A part of its path is a file, not a folder. Check the path, for example in DATABASE_URL.'],
  [/^ELOOP$/, 'Its symbolic links lead in a circle. Check the path, for example in DATABASE_URL.'],
  [/^ENAMETOOLONG$/, 'Name a shorter path, for example in DATABASE_URL.'],
  [/^(ESTALE|EHOSTDOWN|ENOLCK|EREMOTEIO)$/, 'Check its network drive, and mount it again.'],
  [/^(ENOMEM|SQLITE_NOMEM|53200)$/, 'Free some memory, and try again.'],
  // SQLite also reports a full disk so, when a file beside the database cannot grow.
  [/^(EIO|SQLITE_IOERR.*)$/, 'Check that its disk has free space and no faults.'],
  [/^SQLITE_(BUSY|LOCKED)/, 'Stop the process that has it locked, or try again.'],
  [/^53300$/, 'Close some connections, or raise max_connections of the server.'],
  [/^42501$/, 'Grant its role this right, or name another role in its URL (DATABASE_URL for the service).'],
];

/** Returns what to do about the error, or else the general advice. */
export const remedyFor = (error: unknown, advice: string): string => {
  const code = errorCode(rootCause(error));
  return remedies.find(([codes]) => codes.test(code))?.[1] ?? advice;
};

const isNetworkError = (cause: SystemError): boolean =>
  ['connect', 'getaddrinfo'].includes(cause.syscall ?? '') || /^E(CONN|HOST(?!DOWN)|NET)/.test(errorCode(cause));

/** Whether the operating system has failed: its codes can look like an SQLSTATE (EPERM, EROFS). */
const isSystemError = (cause: SystemError): boolean => cause.syscall !== undefined || errnoNames.has(errorCode(cause));

const isSqlState = (cause: SystemError): boolean => /^[0-9A-Z]{5}$/.test(errorCode(cause)) && !isSystemError(cause);

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
    when: (cause, error) => isSystemError(cause) && !isNetworkError(cause) && !(error instanceof UnavailableError),
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
    when: (cause, error) =>
      (error instanceof UnavailableError && cause !== error) || isNetworkError(cause) || isSqlState(cause),
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
