import type { Policy, Ports } from '../ports/index.ts';

/** The ports of the operator's use cases. */
export interface AdministrationPorts extends Pick<
  Ports,
  'storage' | 'userDirectory' | 'passwordHasher' | 'passwordRules' | 'clock'
> {
  readonly policy: Pick<Policy, 'eventRetention' | 'requestRetention'>;
}

/** Receives the progress of a long operation: how many items are done. */
export type OnProgress = (done: number) => void;
