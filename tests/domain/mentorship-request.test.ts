import {
  type Candidate,
  type DomainError,
  type FailureCode,
  type MentorshipId,
  type RequestSituation,
  requireRequestable,
  type Side,
  type UserId,
  type Username,
} from '@mentorship/domain';
import { describe, expect, test } from 'vitest';

const [mentee, bob, carol] = [1, 2, 3] as UserId[] as [UserId, UserId, UserId];
const mentor: Candidate = {
  id: bob,
  name: 'bob' as Username,
  mentorPolicy: 'open',
  mentorCapacity: null,
  mentees: 0,
  offered: false,
  mentorsAbove: [],
};
const free: Omit<RequestSituation, 'requestedBy'> = {
  menteeId: mentee,
  candidate: mentor,
  current: null,
  open: null,
  sent: 0,
};

const sides: readonly Side[] = ['mentee', 'mentor'];
const field = { mentee: 'mentor', mentor: 'mentee' } as const;
const request = (requestedBy: Side, situation: Partial<RequestSituation>) => (): void =>
  requireRequestable({ ...free, ...situation, requestedBy }, field[requestedBy]);

/** What it is refused with, if it is. */
const refusalOf = (attempt: () => void): { code: string; details: object } | null => {
  try {
    attempt();
    return null;
  } catch (error) {
    return error as DomainError;
  }
};

describe('nothing stands in the way of a request', () => {
  test.each<[string, Partial<RequestSituation>]>([
    ['between two who are free', {}],
    ['to a mentor whom everyone may name', { candidate: { ...mentor, mentorPolicy: 'open' } }],
    ['to a mentor who wants to be asked', { candidate: { ...mentor, mentorPolicy: 'approval' } }],
    ['to a mentor who is full: a place may be free by then', { candidate: { ...mentor, mentorCapacity: 0 } }],
    ['to a mentor with mentors of their own', { candidate: { ...mentor, mentorsAbove: [carol] } }],
    ['of a mentee whom another mentors', { current: { mentorId: carol } }],
    ['of a mentee who has sent four', { sent: 4 }],
  ])('%s, whoever asks', (_, situation) => {
    for (const side of sides) expect(request(side, situation)).not.toThrow();
  });

  test.each<[string, Partial<RequestSituation>]>([
    ['takes no requests', { candidate: { ...mentor, mentorPolicy: 'closed' } }],
    ['offers to one who has sent five', { sent: 5 }],
    ['offers to one who has sent very many', { sent: 1000 }],
  ])('of a mentor who %s', (_, situation) => {
    expect(request('mentor', situation)).not.toThrow();
  });
});

describe('a request is refused', () => {
  /** What stands in the way, in the order in which it is told; `only` where it does so of one side alone. */
  const obstacles: readonly {
    code: FailureCode;
    details: (field: string) => object;
    only?: Side;
    change: (situation: Omit<RequestSituation, 'requestedBy'>) => Partial<RequestSituation>;
  }[] = [
    {
      code: 'self_mentoring',
      details: (field) => ({ field }),
      change: ({ candidate }) => ({ candidate: { ...candidate, id: mentee } }),
    },
    {
      code: 'mentor_cycle',
      details: (field) => ({ field, mentor: 'bob' }),
      change: ({ candidate }) => ({ candidate: { ...candidate, mentorsAbove: [carol, mentee] } }),
    },
    {
      code: 'already_mentored',
      details: (field) => ({ field }),
      change: ({ candidate }) => ({ current: { mentorId: candidate.id } }),
    },
    {
      code: 'request_exists',
      details: (field) => ({ field, id: 9 }),
      change: () => ({ open: 9 as MentorshipId }),
    },
    {
      code: 'mentor_closed',
      details: (field) => ({ field, mentor: 'bob' }),
      only: 'mentee',
      change: ({ candidate }) => ({ candidate: { ...candidate, mentorPolicy: 'closed' } }),
    },
    {
      code: 'too_many_open_requests',
      details: () => ({ limit: 5 }),
      only: 'mentee',
      change: () => ({ sent: 5 }),
    },
  ];

  /** Every set of obstacles, and who asks: the first of those that count is told. */
  const cells = sides.flatMap((requestedBy) =>
    Array.from({ length: 2 ** obstacles.length }, (_, bits) => {
      const present = obstacles.filter((_, index) => (bits >> index) & 1);
      const told = present.find(({ only = requestedBy }) => only === requestedBy);
      return {
        requestedBy,
        obstacles: present.map(({ code }) => code).join(', ') || 'nothing',
        code: told?.code ?? null,
        details: told?.details(field[requestedBy]),
        situation: present.reduce((before, { change }) => ({ ...before, ...change(before) }), free),
      };
    }),
  );

  test.each(cells)('of the $requestedBy, with $obstacles in the way: $code', (cell) => {
    const refused = refusalOf(request(cell.requestedBy, cell.situation));
    expect([refused?.code ?? null, refused?.details]).toEqual([cell.code, cell.details]);
  });

  test('in all of 128 cells but the 5 with nothing that counts in the way', () => {
    expect(cells).toHaveLength(128);
    expect(cells.filter(({ code }) => code === null)).toHaveLength(5);
  });
});
