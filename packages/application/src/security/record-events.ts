import { type Client, type Instant, securityEvent, type SecurityEventInput } from '@mentorship/domain';
import type { Policy, Repositories } from '../ports/index.ts';

/** Writes security events of one moment, within the transaction of what they tell. */
export const recordEvents =
  ({ eventRetention }: Pick<Policy, 'eventRetention'>, client: Client, at: Instant) =>
  ({ securityEvents }: Pick<Repositories, 'securityEvents'>, ...events: readonly SecurityEventInput[]): Promise<void> =>
    securityEvents.add(events.map((told) => securityEvent(told, client, { at, retention: eventRetention })));

export type RecordEvents = ReturnType<typeof recordEvents>;
