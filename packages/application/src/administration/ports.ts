import type { Policy, Ports } from '../ports/index.ts';

/** The ports of the operator's use cases. */
export interface AdministrationPorts extends Pick<
  Ports,
  'storage' | 'userDirectory' | 'securityEventDirectory' | 'passwordHasher' | 'passwordRules' | 'clock'
> {
  readonly attemptLimiter: Pick<Ports['attemptLimiter'], 'forget'>;
  /** The network of an IP address, as `Client` has it; null for a text that is no address. */
  readonly networkOf: (ip: string) => string | null;
  readonly policy: Pick<Policy, 'eventRetention' | 'requestRetention'>;
}

/** Receives the progress of a long operation: how many items are done. */
export type OnProgress = (done: number) => void;
