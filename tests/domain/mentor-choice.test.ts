import { type Candidate, changeMentor, mentorsAbove, type UserId, type Username } from '@mentorship/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hasLoop,
  type MentorRequest,
  mentorRequests,
  naiveGraph,
  type Outcome,
} from '../support/mentor-graph-model.ts';
import { refusal } from '../support/refusals.ts';

const [me, bob, carol, dave] = [1, 2, 3, 4] as UserId[] as [UserId, UserId, UserId, UserId];

const candidate = (id: UserId, ...above: UserId[]): Candidate => ({
  id,
  name: `user${id}` as Username,
  mentorPolicy: 'open',
  mentorCapacity: null,
  mentees: 0,
  offered: false,
  mentorsAbove: above,
});

describe('a change of mentor', () => {
  test.each<[now: string, UserId | null, wish: string, Candidate | null, Outcome]>([
    ['none', null, 'none', null, { ends: null, begins: null }],
    ['none', null, 'bob', candidate(bob), { ends: null, begins: bob }],
    ['none', null, 'bob, whom others mentor', candidate(bob, carol, dave), { ends: null, begins: bob }],
    ['none', null, 'myself', candidate(me), { refused: 'self_mentoring' }],
    ['none', null, 'my own mentee', candidate(bob, me), { refused: 'mentor_cycle' }],
    ['none', null, "my mentee's mentee's mentee", candidate(bob, carol, dave, me), { refused: 'mentor_cycle' }],
    ['bob', bob, 'none', null, { ends: 'removed', begins: null }],
    ['bob', bob, 'bob again', candidate(bob), { ends: null, begins: null }],
    ['bob', bob, 'bob again, whom others mentor', candidate(bob, carol), { ends: null, begins: null }],
    ['bob', bob, 'carol', candidate(carol), { ends: 'replaced', begins: carol }],
    ['bob', bob, 'carol, whom bob mentors', candidate(carol, bob), { ends: 'replaced', begins: carol }],
    ['bob', bob, 'myself', candidate(me, bob), { refused: 'self_mentoring' }],
    ['bob', bob, 'my own mentee', candidate(carol, me, bob), { refused: 'mentor_cycle' }],
  ])('from %s (%s) to %s', (_, present, __, wish, outcome) => {
    expect(outcomeOf(() => changeMentor(me, present, wish, 'mentor'))).toEqual(outcome);
  });

  test('that is refused names the field, and the mentor of the loop', () => {
    expect(() => changeMentor(me, null, candidate(me), 'mentor')).toThrow(
      expect.objectContaining(refusal('self_mentoring', { field: 'mentor' })) as Error,
    );
    expect(() => changeMentor(me, null, candidate(bob, me), 'mentorUsername')).toThrow(
      expect.objectContaining(refusal('mentor_cycle', { field: 'mentorUsername', mentor: 'user2' })) as Error,
    );
  });
});

describe('the mentors above', () => {
  const mentors = new Map([
    [me, bob],
    [bob, carol],
  ]);

  test.each([
    ['someone with two above', me, [bob, carol]],
    ['someone with one above', bob, [carol]],
    ['the one at the top', carol, []],
    ['someone apart', dave, []],
  ])('%s, nearest first', (_, user, above) => {
    expect(mentorsAbove(user, (mentee) => mentors.get(mentee))).toEqual(above);
  });
});

test('whatever is asked, the graph decides as the naive one and never has a loop or a second open mentor', () => {
  fc.assert(
    fc.property(mentorRequests(7), (requests) => {
      const model = naiveGraph();
      let open: MentorRequest[] = [];
      for (const { mentee, mentor } of requests) {
        const mentorOf = (user: number) => open.find((row) => row.mentee === user)?.mentor as UserId | undefined;
        const outcome = outcomeOf(() => {
          const wish =
            mentor === null ? null : candidate(mentor as UserId, ...mentorsAbove(mentor as UserId, mentorOf));
          const change = changeMentor(mentee as UserId, mentorOf(mentee) ?? null, wish, 'mentor');
          if (change.ends !== null) open = open.filter((row) => row.mentee !== mentee);
          if (change.begins !== null) open.push({ mentee, mentor: change.begins });
          return change;
        });
        expect(outcome).toEqual(model.decide({ mentee, mentor }));
        expect(hasLoop(open)).toBe(false);
        expect(open.toSorted((a, b) => a.mentee - b.mentee)).toEqual(model.links());
      }
    }),
    { numRuns: 300 },
  );
});

const outcomeOf = (change: () => Outcome): Outcome => {
  try {
    return change();
  } catch (error) {
    return { refused: (error as { code: 'self_mentoring' | 'mentor_cycle' }).code };
  }
};
