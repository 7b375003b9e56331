import { type Explanation, explainFailure } from '@mentorship/adapters/failures';
import { UnavailableError } from '@mentorship/application';
import { MetricsListenError } from '../metrics/metrics-listen-error.ts';
import { WorkerStartError } from '../workers/messages.ts';

/** One plain line for whoever starts the service: what is wrong, and what to do. */
export const explainStartFailure = (error: unknown): string =>
  error instanceof WorkerStartError
    ? error.message
    : `Cannot start: ${explainFailure(error, listening(error instanceof MetricsListenError ? 'METRICS_' : ''))}`;

const listening = (whose: string): readonly Explanation[] => [
  {
    when: ({ code }) => code === 'EADDRINUSE',
    say: () => `the port is in use. Set ${whose}PORT to a free one, or stop what listens there.`,
  },
  {
    when: ({ code, syscall }) => syscall === 'listen' && code === 'EACCES',
    say: () => `this user may not listen on that port. Set ${whose}PORT to one above 1023.`,
  },
  {
    when: ({ code, syscall }) => syscall === 'listen' && code === 'ENOTSUP',
    say: () => 'on this system processes cannot share a port. Set WORKERS to 1.',
  },
  {
    when: ({ syscall }, error) =>
      !(error instanceof UnavailableError) && ['listen', 'getaddrinfo'].includes(syscall ?? ''),
    say: (message) => `there is no such address on this machine (${message}). Set ${whose}HOST to one of its own.`,
  },
];
