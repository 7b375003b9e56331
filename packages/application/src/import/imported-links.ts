import type { UserId } from '@mentorship/domain';
import type { DeviationKind } from './imported-account.ts';

/** Who is to have whom as a mentor, after what cannot be has been cut. */
export interface ImportedLinks {
  readonly mentorOf: ReadonlyMap<UserId, UserId>;
  /** By the mentee: why, and the mentor if there is such a user. */
  readonly cut: ReadonlyMap<UserId, { readonly what: DeviationKind; readonly mentor: UserId | null }>;
}

/**
 * Cuts what our graph of mentors cannot have: links to oneself, to nobody (null), and one of each loop, that of the user
 * with the lowest id.
 */
export const cutLinks = (named: ReadonlyMap<UserId, UserId | null>): ImportedLinks => {
  const mentorOf = new Map<UserId, UserId>();
  const cut = new Map<UserId, { what: DeviationKind; mentor: UserId | null }>();
  for (const [mentee, mentor] of named) {
    if (mentor === null) cut.set(mentee, { what: 'mentor_unknown', mentor });
    else if (mentor === mentee) cut.set(mentee, { what: 'mentor_oneself', mentor });
    else mentorOf.set(mentee, mentor);
  }
  for (const mentee of lowestOfLoops(mentorOf)) {
    cut.set(mentee, { what: 'mentor_loop', mentor: mentorOf.get(mentee) ?? null });
    mentorOf.delete(mentee);
  }
  return { mentorOf, cut };
};

/** Of each loop the user with the lowest id. Nobody has two mentors, so that every way up meets at most one loop. */
const lowestOfLoops = (mentorOf: ReadonlyMap<UserId, UserId>): UserId[] => {
  const lowest: UserId[] = [];
  const seen = new Set<UserId>();
  for (const start of mentorOf.keys()) {
    const way = new Set<UserId>();
    let next: UserId | undefined = start;
    for (; next !== undefined && !seen.has(next); next = mentorOf.get(next)) {
      seen.add(next);
      way.add(next);
    }
    if (next === undefined || !way.has(next)) continue;
    let least: UserId = next;
    for (let on = mentorOf.get(next); on !== undefined && on !== next; on = mentorOf.get(on))
      if (on < least) least = on;
    lowest.push(least);
  }
  return lowest;
};
