import { SchemaTooNew } from '@mentorship/adapters/kysely';
import { DomainError } from '@mentorship/domain';
import { ConfigError } from './config.ts';

/** One plain line for whoever starts the service: what is wrong, and what to do. */
export const explainStartFailure = (error: unknown): string => {
  const { code, message } = rootCause(error);
  if (error instanceof ConfigError) return `Cannot start: ${message}`;
  if (error instanceof SchemaTooNew) return `Cannot start: ${message}`;
  if (code === 'EADDRINUSE')
    return 'Cannot start: the port is in use. Set PORT to a free one, or stop what listens there.';
  if (code === 'EACCES' && message.startsWith('listen'))
    return 'Cannot start: this user may not listen on that port. Set PORT to one above 1023.';
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `Cannot start: there is no such address here (${message}). Check HOST and DATABASE_URL.`;
  if (code?.startsWith('SQLITE_') || code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST')
    return `Cannot start: the SQLite database cannot be opened or written (${message}). Check the path in DATABASE_URL and who may write there.`;
  if (error instanceof DomainError || /^[0-9A-Z]{5}$/.test(code ?? ''))
    return `Cannot start: PostgreSQL cannot be used (${message}). Check that it runs, and DATABASE_URL.`;
  return `Cannot start: ${message}`;
};

const rootCause = (error: unknown): { code?: string; message: string } => {
  let cause = error as { code?: string; message: string; cause?: unknown; errors?: unknown[] };
  for (let next; (next = cause.cause ?? cause.errors?.[0]);) cause = next as typeof cause;
  return cause;
};
