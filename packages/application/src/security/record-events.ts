import { type Client, type Instant, securityEvent, type SecurityEventInput } from '@mentorship/domain';
import type { Policy, Repositories } from '../ports/index.ts';

/** Returns a function that adds security events, within the transaction that causes them. */
export const recordEvents =
  ({ eventRetention }: Pick<Policy, 'eventRetention'>, client: Client, at: Instant) =>
  ({ securityEvents }: Pick<Repositories, 'securityEvents'>, ...events: readonly SecurityEventInput[]): Promise<void> =>
    securityEvents.add(events.map((event) => securityEvent(event, client, { at, retention: eventRetention })));

export type RecordEvents = ReturnType<typeof recordEvents>;
