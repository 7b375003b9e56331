import { type Candidate, type User, defaultProfile } from '@mentorship/domain';
import type { Repositories } from '../ports/index.ts';

/** What there is to know about a mentor before somebody becomes their mentee. The caller has locked the graph. */
export const loadCandidate = async (
  { mentorships }: Pick<Repositories, 'mentorships'>,
  { id, username, profile }: User,
  { offered = false }: { offered?: boolean } = {},
): Promise<Candidate> => {
  const { mentorPolicy, mentorCapacity } = profile ?? defaultProfile;
  return {
    id,
    name: username,
    mentorPolicy,
    mentorCapacity,
    offered,
    // Counted only where it matters: a mentor without a limit may have very many.
    mentees: mentorCapacity === null ? 0 : await mentorships.countMentees(id),
    mentorsAbove: await mentorships.mentorsAbove(id),
  };
};
