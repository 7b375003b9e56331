import type { UserId } from '@mentorship/domain';
import type { ImportChangeType } from './imported-account.ts';

/** The mentors of imported users, and the links that were removed. */
export interface ImportedLinks {
  readonly mentorOf: ReadonlyMap<UserId, UserId>;
  /** By mentee: the reason, and the mentor unless that user does not exist. */
  readonly removed: ReadonlyMap<UserId, { readonly what: ImportChangeType; readonly mentor: UserId | null }>;
}

/**
 * Removes the links that our graph of mentors cannot have: to oneself, to an unknown user (null), and in each loop the link
 * of the mentee with the lowest id.
 */
export const removeInvalidLinks = (links: ReadonlyMap<UserId, UserId | null>): ImportedLinks => {
  const mentorOf = new Map<UserId, UserId>();
  const removed = new Map<UserId, { what: ImportChangeType; mentor: UserId | null }>();
  for (const [mentee, mentor] of links) {
    if (mentor === null) removed.set(mentee, { what: 'mentor_unknown', mentor });
    else if (mentor === mentee) removed.set(mentee, { what: 'mentor_oneself', mentor });
    else mentorOf.set(mentee, mentor);
  }
  for (const mentee of lowestIdsOfLoops(mentorOf)) {
    removed.set(mentee, { what: 'mentor_loop', mentor: mentorOf.get(mentee) ?? null });
    mentorOf.delete(mentee);
  }
  return { mentorOf, removed };
};

/** Returns the lowest id of each loop. A user has at most one mentor, so every path upwards meets at most one loop. */
const lowestIdsOfLoops = (mentorOf: ReadonlyMap<UserId, UserId>): UserId[] => {
  const lowestIds: UserId[] = [];
  const seen = new Set<UserId>();
  for (const start of mentorOf.keys()) {
    const path = new Set<UserId>();
    let next: UserId | undefined = start;
    for (; next !== undefined && !seen.has(next); next = mentorOf.get(next)) {
      seen.add(next);
      path.add(next);
    }
    if (next === undefined || !path.has(next)) continue;
    let lowest: UserId = next;
    for (let other = mentorOf.get(next); other !== undefined && other !== next; other = mentorOf.get(other))
      if (other < lowest) lowest = other;
    lowestIds.push(lowest);
  }
  return lowestIds;
};
