import type { FailureCode, MentorChange } from '@mentorship/domain';
import fc from 'fast-check';

/** `mentee` names `mentor`, or none. Users are numbered from 1. */
export interface MentorRequest {
  readonly mentee: number;
  readonly mentor: number | null;
}

/** The outcome of a request: refused, or accepted with the mentorship that ends and the one that begins. */
export type Outcome =
  | { readonly refused: FailureCode }
  | { readonly ends: MentorChange['ends']; readonly begins: number | null };

/** Sequences of requests in a graph so small that cycles are likely. */
export const mentorRequests = (users: number): fc.Arbitrary<MentorRequest[]> => {
  const user = fc.integer({ min: 1, max: users });
  const request = fc.record({ mentee: user, mentor: fc.option(user, { freq: 6 }) });
  return fc.array(request, { maxLength: 40 });
};

/** A naive implementation: adds the link, searches a cycle from every user, and removes the link if there is one. */
export const naiveGraph = () => {
  let links: MentorRequest[] = [];
  return {
    /** The links, by mentee. */
    links: () => links.toSorted((a, b) => a.mentee - b.mentee),
    decide({ mentee, mentor }: MentorRequest): Outcome {
      const current = links.find((link) => link.mentee === mentee)?.mentor ?? null;
      const others = links.filter((link) => link.mentee !== mentee);
      if (mentor === mentee) return { refused: 'self_mentoring' };
      if (mentor === current) return { ends: null, begins: null };
      if (mentor === null) {
        links = others;
        return { ends: 'removed', begins: null };
      }
      const changed = [...others, { mentee, mentor }];
      if (hasCycle(changed)) return { refused: 'mentor_cycle' };
      links = changed;
      return { ends: current === null ? null : 'replaced', begins: mentor };
    },
  };
};

export const hasCycle = (links: readonly MentorRequest[]): boolean => {
  const reaches = (from: number | null, target: number, seen: ReadonlySet<number>): boolean =>
    links
      .filter(({ mentee, mentor }) => mentee === from && mentor !== null && !seen.has(mentor))
      .some(
        ({ mentor }) => mentor === target || (mentor !== null && reaches(mentor, target, new Set([...seen, mentor]))),
      );
  return links.some(({ mentee }) => reaches(mentee, mentee, new Set()));
};
