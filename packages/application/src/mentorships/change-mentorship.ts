import {
  type Actor,
  type Instant,
  type MentorshipId,
  type MentorshipStatus,
  DomainError,
  type NamedMentorship,
  optional,
  parseFields,
  parseReason,
  partyOf,
  refuse,
  requireFreePlace,
  requireNoCycle,
  requireRequestsAllowed,
  applyExpiry,
  transition,
} from '@mentorship/domain';
import type { Ports, Repositories } from '../ports/index.ts';
import { requireOpenSession } from '../sessions/require-open-session.ts';
import { activateMentorship } from './activate-mentorship.ts';
import { loadCandidate } from './load-candidate.ts';

/** The new status of a mentorship, and the reason. */
export interface MentorshipChange {
  readonly status: MentorshipStatus;
  readonly reason?: string | null | undefined;
}

/**
 * Accepts, declines, cancels, completes or ends a mentorship of the actor. `accepts` tells whether the client
 * accepts the current version as the one to change; null if it accepts any.
 * Throws `mentorship_not_found` (also for other users' mentorships), `version_mismatch`, `illegal_transition`, on
 * accepting `mentor_full`, `mentor_cycle` or, for the offer of a deactivated mentor, `mentor_closed`, and `access_token_refused` when the session has ended meanwhile.
 */
export const changeMentorship =
  ({ storage, clock }: Pick<Ports, 'storage' | 'clock'>) =>
  async ({
    actor,
    mentorshipId,
    change,
    accepts = null,
  }: {
    actor: Actor;
    mentorshipId: MentorshipId;
    change: MentorshipChange;
    accepts?: ((version: number) => boolean) | null;
  }): Promise<NamedMentorship> => {
    const { reason } = parseFields({ reason: () => optional(parseReason)(change.reason) });
    return storage.atomically(async (repositories) => {
      const at = await repositories.mentorships.lockGraph(clock);
      await requireOpenSession(repositories, actor);
      const stored = await repositories.mentorships.find(mentorshipId);
      const by = stored && partyOf(stored, actor.userId);
      if (stored === null || by === null) throw refuse('mentorship_not_found');
      const current = applyExpiry(stored, at);
      if (accepts?.(current.version) === false) throw new DomainError('version_mismatch', { version: current.version });
      const changed = transition(current, change.status, { by, reason, at });
      if (changed.status === 'active') await accept(repositories, changed, at);
      else await repositories.mentorships.save(changed);
      return changed;
    });
  };

const accept = async (repositories: Repositories, accepted: NamedMentorship, at: Instant): Promise<void> => {
  const mentor = await repositories.users.findById(accepted.mentorId);
  // Unreachable for an ended account: its end closes all its mentorships.
  if (mentor === null) throw refuse('mentorship_not_found');
  const candidate = await loadCandidate(repositories, mentor);
  requireNoCycle(accepted.menteeId, candidate, 'status');
  if (mentor.deactivatedAt !== null) requireRequestsAllowed(candidate, 'status');
  requireFreePlace(candidate, 'status');
  const current = await repositories.mentorships.activeOf(accepted.menteeId);
  await activateMentorship(repositories, accepted, { current, at });
};
