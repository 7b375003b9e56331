import {
  type Candidate,
  decideMentorChange,
  type DomainError,
  type MentorPolicy,
  mentorsAbove,
  requireRequestsAllowed,
  requireCapacityFor,
  requireFreePlace,
  requireNoCycle,
  type UserId,
  type Username,
} from '@mentorship/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hasCycle,
  type MentorRequest,
  mentorRequests,
  naiveGraph,
  type Outcome,
} from '../support/mentorships/mentor-graph-model.ts';
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
  test.each<[current: string, UserId | null, wanted: string, Candidate | null, Outcome]>([
    ['none', null, 'none', null, { ends: null, begins: null }],
    ['none', null, 'bob', candidate(bob), { ends: null, begins: bob }],
    ['none', null, 'bob, who has mentors', candidate(bob, carol, dave), { ends: null, begins: bob }],
    ['none', null, 'myself', candidate(me), { refused: 'self_mentoring' }],
    ['none', null, 'my own mentee', candidate(bob, me), { refused: 'mentor_cycle' }],
    ['none', null, "my mentee's mentee's mentee", candidate(bob, carol, dave, me), { refused: 'mentor_cycle' }],
    ['bob', bob, 'none', null, { ends: 'removed', begins: null }],
    ['bob', bob, 'bob again', candidate(bob), { ends: null, begins: null }],
    ['bob', bob, 'bob again, who has mentors', candidate(bob, carol), { ends: null, begins: null }],
    ['bob', bob, 'carol', candidate(carol), { ends: 'replaced', begins: carol }],
    ['bob', bob, 'carol, a mentee of bob', candidate(carol, bob), { ends: 'replaced', begins: carol }],
    ['bob', bob, 'myself', candidate(me, bob), { refused: 'self_mentoring' }],
    ['bob', bob, 'my own mentee', candidate(carol, me, bob), { refused: 'mentor_cycle' }],
  ])('from %s (%s) to %s', (_, current, __, wanted, outcome) => {
    expect(outcomeOf(() => decideMentorChange(me, current, wanted, 'mentor'))).toEqual(outcome);
  });

  test('that is refused names the field and the mentor', () => {
    expect(() => decideMentorChange(me, null, candidate(me), 'mentor')).toThrow(
      expect.objectContaining(refusal('self_mentoring', { field: 'mentor' })) as Error,
    );
    expect(() => decideMentorChange(me, null, candidate(bob, me), 'mentorUsername')).toThrow(
      expect.objectContaining(refusal('mentor_cycle', { field: 'mentorUsername', mentor: 'user2' })) as Error,
    );
  });
});

describe('the mentor’s policy and capacity', () => {
  type Refused = 'mentor_closed' | 'mentor_requires_approval' | 'mentor_full' | null;

  // Without a limit, with one free place, just full, with capacity 0, and with more mentees than the capacity.
  const places: readonly [capacity: number | null, mentees: number, full: boolean][] = [
    [null, 0, false],
    [null, 1000, false],
    [3, 2, false],
    [3, 3, true],
    [0, 0, true],
    [1, 2, true],
  ];
  const policies: readonly [MentorPolicy, refused: Refused][] = [
    ['open', null],
    ['approval', 'mentor_requires_approval'],
    ['closed', 'mentor_closed'],
  ];
  const cells = policies.flatMap(([mentorPolicy, byPolicy]) =>
    places.flatMap(([mentorCapacity, mentees, full]) =>
      [false, true].map((offered) => ({
        mentorPolicy,
        mentorCapacity,
        mentees,
        offered,
        refused: (!offered && byPolicy) || (full ? 'mentor_full' : null),
      })),
    ),
  );

  test.each(cells)(
    '$mentorPolicy, $mentees of $mentorCapacity places taken, offered: $offered, refused as $refused',
    ({ refused, ...choice }) => {
      const wanted = { ...candidate(bob), ...choice };
      for (const [current, ends] of [[null, null] as const, [carol, 'replaced'] as const]) {
        const outcome = outcomeOf(() => decideMentorChange(me, current, wanted, 'mentor'));
        expect(outcome).toEqual(refused === null ? { ends, begins: bob } : { refused });
      }
    },
  );

  test.each([
    ['mentor_requires_approval', { mentorPolicy: 'approval' }],
    ['mentor_closed', { mentorPolicy: 'closed' }],
    ['mentor_full', { mentorCapacity: 0 }],
  ] as const)('refuse as %s, with the field and the name of the mentor', (code, choice) => {
    expect(() => decideMentorChange(me, null, { ...candidate(bob), ...choice }, 'mentorUsername')).toThrow(
      expect.objectContaining(refusal(code, { field: 'mentorUsername', mentor: 'user2' })) as Error,
    );
  });

  test.each(cells)('do not apply to a current mentee: $mentorPolicy, $mentees of $mentorCapacity', (cell) => {
    expect(decideMentorChange(me, bob, { ...candidate(bob), ...cell }, 'mentor')).toEqual({
      ends: null,
      begins: null,
    });
    expect(decideMentorChange(me, bob, null, 'mentor')).toEqual({ ends: 'removed', begins: null });
  });

  test.each(cells)(
    'are checked after self-mentoring and cycles: $mentorPolicy, $mentees of $mentorCapacity',
    (cell) => {
      const refusedAs = (wanted: Candidate) =>
        outcomeOf(() => decideMentorChange(me, null, { ...wanted, ...cell }, 'mentor'));
      expect(refusedAs(candidate(me))).toEqual({ refused: 'self_mentoring' });
      expect(refusedAs(candidate(bob, carol, me))).toEqual({ refused: 'mentor_cycle' });
    },
  );

  test('are tested in 36 combinations', () => {
    expect(cells).toHaveLength(36);
  });
});

describe('each check looks at one thing:', () => {
  const closed: Candidate = { ...candidate(bob), mentorPolicy: 'closed' };

  test('only a closed mentor refuses requests', () => {
    for (const mentorPolicy of ['open', 'approval'] as const)
      expect(() =>
        requireRequestsAllowed({ ...closed, mentorPolicy, mentorCapacity: 0 } as Candidate, 'mentor'),
      ).not.toThrow();
    expect(() => requireRequestsAllowed(closed, 'mentor')).toThrow(
      expect.objectContaining(refusal('mentor_closed', { field: 'mentor', mentor: 'user2' })) as Error,
    );
  });

  test('cycles do not depend on the policy or the capacity', () => {
    expect(() => requireNoCycle(me, closed, 'status')).not.toThrow();
    expect(() => requireNoCycle(me, { ...candidate(bob, me), mentorCapacity: 0 } as Candidate, 'status')).toThrow(
      expect.objectContaining(refusal('mentor_cycle', { field: 'status', mentor: 'user2' })) as Error,
    );
  });

  test('a free place does not depend on the policy', () => {
    const full: Candidate = { ...candidate(bob), mentorCapacity: 0 };
    expect(() => requireFreePlace({ ...closed, mentorCapacity: 1 }, 'status')).not.toThrow();
    expect(() => requireFreePlace(full, 'status')).toThrow(
      expect.objectContaining(refusal('mentor_full', { field: 'status', mentor: 'user2' })) as Error,
    );
  });

  test.each([
    [0, 0],
    [3, 3],
    [0, 1],
    [2, 1000],
  ])('%i mentees fit into a new capacity of %i', (mentees, capacity) => {
    expect(() => requireCapacityFor(mentees, capacity)).not.toThrow();
  });

  test.each([
    [1, 0],
    [3, 2],
    [1000, 999],
  ])('%i mentees do not fit into a new capacity of %i', (mentees, capacity) => {
    expect(() => requireCapacityFor(mentees, capacity)).toThrow(
      expect.objectContaining(refusal('capacity_below_mentees', { capacity, mentees })) as Error,
    );
  });
});

describe('mentorsAbove lists', () => {
  const mentors = new Map([
    [me, bob],
    [bob, carol],
  ]);

  test.each([
    ['two mentors', me, [bob, carol]],
    ['one mentor', bob, [carol]],
    ['none for the root', carol, []],
    ['none for a user outside the graph', dave, []],
  ])('%s, nearest first', (_, user, above) => {
    expect(mentorsAbove(user, (mentee) => mentors.get(mentee))).toEqual(above);
  });
});

test('any sequence of requests is decided as by a naive model, without a cycle or a second mentor', () => {
  fc.assert(
    fc.property(mentorRequests(7), (requests) => {
      const model = naiveGraph();
      let open: MentorRequest[] = [];
      for (const { mentee, mentor } of requests) {
        const mentorOf = (user: number) => open.find((row) => row.mentee === user)?.mentor as UserId | undefined;
        const outcome = outcomeOf(() => {
          const wanted =
            mentor === null ? null : candidate(mentor as UserId, ...mentorsAbove(mentor as UserId, mentorOf));
          const change = decideMentorChange(mentee as UserId, mentorOf(mentee) ?? null, wanted, 'mentor');
          if (change.ends !== null) open = open.filter((row) => row.mentee !== mentee);
          if (change.begins !== null) open.push({ mentee, mentor: change.begins });
          return change;
        });
        expect(outcome).toEqual(model.decide({ mentee, mentor }));
        expect(hasCycle(open)).toBe(false);
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
    return { refused: (error as DomainError).code };
  }
};
