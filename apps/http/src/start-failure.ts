import { SettingsError } from '@mentorship/adapters/environment';
import { SchemaTooNew } from '@mentorship/adapters/kysely';
import { DomainError } from '@mentorship/domain';

interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
}

/** One plain line for whoever starts the service: what is wrong, and what to do. */
export const explainStartFailure = (error: unknown): string => {
  const cause = rootCause(error);
  const known = explanations.find(({ when }) => when(cause, error));
  return `Cannot start: ${known ? known.say(cause.message) : cause.message}`.replaceAll('\n', ' ');
};

/** The first that fits is told. */
const explanations: readonly {
  readonly when: (cause: SystemError, error: unknown) => boolean;
  readonly say: (message: string) => string;
}[] = [
  {
    when: (_, error) => error instanceof SettingsError || error instanceof SchemaTooNew,
    say: (message) => message,
  },
  {
    when: ({ code }) => code === 'EADDRINUSE',
    say: () => 'the port is in use. Set PORT to a free one, or stop what listens there.',
  },
  {
    when: ({ code, syscall }) => syscall === 'listen' && code === 'EACCES',
    say: () => 'this user may not listen on that port. Set PORT to one above 1023.',
  },
  {
    when: ({ syscall }, error) => !(error instanceof DomainError) && ['listen', 'getaddrinfo'].includes(syscall ?? ''),
    say: (message) => `there is no such address on this machine (${message}). Set HOST to one of its own.`,
  },
  {
    when: ({ code, syscall }) => ['mkdir', 'open'].includes(syscall ?? '') || code?.startsWith('SQLITE_') === true,
    say: (message) =>
      `the SQLite database cannot be opened or written (${message}). Check the path in DATABASE_URL and who may write there.`,
  },
  {
    when: ({ code }, error) => error instanceof DomainError || /^[0-9A-Z]{5}$/.test(code ?? ''),
    say: (message) => `PostgreSQL cannot be used (${message}). Check that it runs, and DATABASE_URL.`,
  },
];

/** What lies under an error that was told in other words, or under several attempts. */
const rootCause = (error: unknown): SystemError => {
  let cause = error as SystemError & { readonly errors?: readonly SystemError[] };
  for (let next; (next = cause.cause ?? cause.errors?.[0]);) cause = next as SystemError;
  return cause;
};
