import { type Explanation, explainFailure, rootCause } from '@mentorship/adapters/failures';
import { UnavailableError } from '@mentorship/application';
import { MetricsListenError } from '../metrics/metrics-listen-error.ts';
import { WorkerStartError } from '../workers/messages.ts';

/** One line for the operator: what is wrong, then what to do. */
export const explainStartFailure = (error: unknown): string =>
  error instanceof WorkerStartError
    ? error.message
    : `Cannot start: ${explainFailure(error, listenErrors(error instanceof MetricsListenError ? 'METRICS_' : ''))}`;

const portOf = (error: unknown): string => {
  const { port } = rootCause(error);
  return port === undefined ? '' : ` ${port}`;
};

const listenErrors = (prefix: '' | 'METRICS_'): readonly Explanation[] => [
  {
    when: ({ code }) => code === 'EADDRINUSE',
    say: (_, error) =>
      `the port${portOf(error)} is in use. Set ${prefix}PORT to a free port, or stop the process that listens on it.`,
  },
  {
    when: ({ code, syscall }) => syscall === 'listen' && code === 'EACCES',
    say: () => `this user may not listen on this port. Set ${prefix}PORT to a port above 1023.`,
  },
  {
    when: ({ code, syscall }) => syscall === 'listen' && code === 'ENOTSUP',
    say: () => 'processes cannot share a port on this system. Set WORKERS to 1.',
  },
  {
    when: ({ syscall }, error) =>
      !(error instanceof UnavailableError) && ['listen', 'getaddrinfo'].includes(syscall ?? ''),
    say: (message) =>
      `this machine does not have the address (${message}). Set ${prefix}HOST to one of its own addresses.`,
  },
];
