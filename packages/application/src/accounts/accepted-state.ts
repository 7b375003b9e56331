import { type Actor, refuse } from '@mentorship/domain';
import { maxPageSize } from '../page.ts';
import type { Policy, Repositories } from '../ports/index.ts';
import { showUser, type UserView } from './view-user.ts';

/** Whether the client accepts the current detail as the one to change; null if it accepts any. */
export type Accepts = ((current: UserView) => boolean) | null;

/** Throws `precondition_failed`. */
export const requireAccepted = (current: UserView, accepts: Accepts): void => {
  if (accepts?.(current) === false) throw refuse('precondition_failed');
};

/**
 * Locks the user's row, then compares. The caller holds the lock of the graph, under which mentor and mentees change.
 * Throws `precondition_failed`, and `access_token_refused` for an ended account.
 */
export const requireStillAccepted = async (
  { users }: Repositories,
  actor: Actor,
  policy: Policy,
  accepts: Accepts,
): Promise<void> => {
  if (accepts === null) return;
  const current = (await users.change(actor.userId, {})) ? await users.detail(actor.userId, maxPageSize + 1) : null;
  if (current === null) throw refuse('access_token_refused');
  requireAccepted(showUser(current, actor, policy), accepts);
};
