import type { Actor } from '@mentorship/domain';
import { largestPage } from '../accounts/list-users.ts';
import type { Ports, SecurityEventEntry } from '../ports/index.ts';

export interface SecurityEventPage {
  readonly events: readonly SecurityEventEntry[];
  /** The number to go on before; null on the last page. */
  readonly next: number | null;
}

/** What happened to one's own account, the newest first. */
export const listEvents =
  ({ securityEventDirectory }: Pick<Ports, 'securityEventDirectory'>) =>
  async ({
    actor,
    limit = largestPage,
    before = null,
  }: {
    actor: Actor;
    limit?: number;
    before?: number | null;
  }): Promise<SecurityEventPage> => {
    const size = Math.min(limit, largestPage);
    const found = await securityEventDirectory.list({ userId: actor.userId, before, limit: size + 1 });
    const events = found.slice(0, size);
    return { events, next: found.length > size ? (events.at(-1)?.id ?? null) : null };
  };
