import { type Client, type Instant, securityEvent, type SecurityEvent } from '@mentorship/domain';
import type { Policy, Repositories } from '../ports/index.ts';

type Told = Pick<SecurityEvent, 'type'> & Partial<SecurityEvent>;

/** Writes security events of one moment, within the transaction of what they tell. */
export const noteEvents =
  ({ eventRetention }: Policy, client: Client, at: Instant) =>
  ({ securityEvents }: Pick<Repositories, 'securityEvents'>, ...events: readonly Told[]): Promise<void> =>
    securityEvents.add(events.map((told) => securityEvent(told, client, { at, retention: eventRetention })));

export type NoteEvents = ReturnType<typeof noteEvents>;
