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
  applyExpiry,
  transition,
} from '@mentorship/domain';
import type { Ports, Repositories } from '../ports/index.ts';
import { requireOpenSession } from '../sessions/require-open-session.ts';
import { activateMentorship } from './activate-mentorship.ts';
import { loadCandidate } from './load-candidate.ts';

/** The status that a mentorship shall have, and why. */
export interface MentorshipChange {
  readonly status: MentorshipStatus;
  readonly reason?: string | null | undefined;
}

/**
 * Accepts, declines, cancels, completes or ends one of one's own mentorships; `versions` are those that the caller has
 * read, and means.
 * Throws `mentorship_not_found` (also for a stranger's), `version_mismatch`, `illegal_transition`, and on accepting
 * `mentor_full` or `mentor_cycle`; `access_token_refused` when the session has ended meanwhile.
 */
export const changeMentorship =
  ({ storage, clock }: Pick<Ports, 'storage' | 'clock'>) =>
  async ({
    actor,
    mentorshipId,
    change,
    versions = null,
  }: {
    actor: Actor;
    mentorshipId: MentorshipId;
    change: MentorshipChange;
    versions?: readonly number[] | null;
  }): Promise<NamedMentorship> => {
    const { reason } = parseFields({ reason: () => optional(parseReason)(change.reason) });
    return storage.atomically(async (repositories) => {
      const at = await repositories.mentorships.lockGraph(clock);
      await requireOpenSession(repositories, actor);
      const stored = await repositories.mentorships.find(mentorshipId);
      const by = stored && partyOf(stored, actor.userId);
      if (stored === null || by === null) throw refuse('mentorship_not_found');
      const present = applyExpiry(stored, at);
      if (versions !== null && !versions.includes(present.version))
        throw new DomainError('version_mismatch', { version: present.version });
      const changed = transition(present, change.status, { by, reason, at });
      if (changed.status === 'active') await begin(repositories, changed, at);
      else await repositories.mentorships.save(changed);
      return changed;
    });
  };

const begin = async (repositories: Repositories, begun: NamedMentorship, at: Instant): Promise<void> => {
  const mentor = await repositories.users.findById(begun.mentorId);
  // The end of an account closes everything that it has open.
  if (mentor === null) throw refuse('mentorship_not_found');
  const candidate = await loadCandidate(repositories, mentor);
  requireNoCycle(begun.menteeId, candidate, 'status');
  requireFreePlace(candidate, 'status');
  const present = await repositories.mentorships.activeOf(begun.menteeId);
  await activateMentorship(repositories, begun, { present, at });
};
