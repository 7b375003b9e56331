import type { Actor } from '@mentorship/domain';
import { maxPageSize, takePage } from '../page.ts';
import type { Ports, SecurityEventEntry } from '../ports/index.ts';

export interface SecurityEventPage {
  readonly events: readonly SecurityEventEntry[];
  /** The next page begins before this id; null on the last page. */
  readonly next: number | null;
}

/** Lists the security events of the actor's account, the newest first. */
export const listEvents =
  ({ securityEventDirectory }: Pick<Ports, 'securityEventDirectory'>) =>
  async ({
    actor,
    limit = maxPageSize,
    before = null,
  }: {
    actor: Actor;
    limit?: number;
    before?: number | null;
  }): Promise<SecurityEventPage> => {
    const query = { userId: actor.userId, before };
    const { entries: events, next } = await takePage(limit, (limit) =>
      securityEventDirectory.list({ ...query, limit }),
    );
    return { events, next };
  };
