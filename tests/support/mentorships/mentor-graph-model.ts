import type { FailureCode, MentorChange } from '@mentorship/domain';
import fc from 'fast-check';

/** `mentee` asks for `mentor`, or for none. Users are numbered from 1. */
export interface MentorRequest {
  readonly mentee: number;
  readonly mentor: number | null;
}

/** What became of a request: refused, or kept, ending and beginning what it says. */
export type Outcome =
  | { readonly refused: FailureCode }
  | { readonly ends: MentorChange['ends']; readonly begins: number | null };

/** Sequences in a graph so small that loops are near. */
export const mentorRequests = (users: number): fc.Arbitrary<MentorRequest[]> => {
  const user = fc.integer({ min: 1, max: users });
  const request = fc.record({ mentee: user, mentor: fc.option(user, { freq: 6 }) });
  return fc.array(request, { maxLength: 40 });
};

/** The rules in the plainest way: draw the link, look for a loop from every user, take the link back if there is one. */
export const naiveGraph = () => {
  let links: MentorRequest[] = [];
  return {
    /** The links, by mentee. */
    links: () => links.toSorted((a, b) => a.mentee - b.mentee),
    decide({ mentee, mentor }: MentorRequest): Outcome {
      const present = links.find((link) => link.mentee === mentee)?.mentor ?? null;
      const others = links.filter((link) => link.mentee !== mentee);
      if (mentor === mentee) return { refused: 'self_mentoring' };
      if (mentor === present) return { ends: null, begins: null };
      if (mentor === null) {
        links = others;
        return { ends: 'removed', begins: null };
      }
      const changed = [...others, { mentee, mentor }];
      if (hasLoop(changed)) return { refused: 'mentor_cycle' };
      links = changed;
      return { ends: present === null ? null : 'replaced', begins: mentor };
    },
  };
};

export const hasLoop = (links: readonly MentorRequest[]): boolean => {
  const reaches = (from: number | null, target: number, seen: ReadonlySet<number>): boolean =>
    links
      .filter(({ mentee, mentor }) => mentee === from && mentor !== null && !seen.has(mentor))
      .some(
        ({ mentor }) => mentor === target || (mentor !== null && reaches(mentor, target, new Set([...seen, mentor]))),
      );
  return links.some(({ mentee }) => reaches(mentee, mentee, new Set()));
};
