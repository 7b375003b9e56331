import { type Candidate, type User, defaultProfile } from '@mentorship/domain';
import type { Repositories } from '../ports/index.ts';

/**
 * Loads what decides whether the user may become someone's mentor. A deactivated user accepts no mentees, whatever the
 * profile and earlier offers say. The caller has locked the graph.
 */
export const loadCandidate = async (
  { mentorships }: Pick<Repositories, 'mentorships'>,
  { id, username, profile, deactivatedAt }: User,
  { offered = false }: { offered?: boolean } = {},
): Promise<Candidate> => {
  const { mentorPolicy, mentorCapacity } = profile ?? defaultProfile;
  return {
    id,
    name: username,
    mentorPolicy: deactivatedAt === null ? mentorPolicy : 'closed',
    mentorCapacity,
    offered: offered && deactivatedAt === null,
    // Counted only against a limit: a mentor without one may have very many mentees.
    mentees: mentorCapacity === null ? 0 : await mentorships.countMentees(id),
    mentorsAbove: await mentorships.mentorsAbove(id),
  };
};
