import type { Policy, Ports } from '../ports/index.ts';

/** Everything that an operator's use cases need from outside. */
export interface AdministrationPorts extends Pick<
  Ports,
  'storage' | 'userDirectory' | 'passwordHasher' | 'passwordRules' | 'clock'
> {
  readonly policy: Pick<Policy, 'eventRetention'>;
}

/** How far a long step is: so many are done. */
export type OnProgress = (done: number) => void;
