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

/** The refusal, or null. */
const refusalOf = (attempt: () => void): { code: string; details: object } | null => {
  try {
    attempt();
    return null;
  } catch (error) {
    return error as DomainError;
  }
};

describe('a request is allowed', () => {
  test.each<[string, Partial<RequestSituation>]>([
    ['between two users without a mentorship', {}],
    ['to an open mentor', { candidate: { ...mentor, mentorPolicy: 'open' } }],
    ['to a mentor who requires approval', { candidate: { ...mentor, mentorPolicy: 'approval' } }],
    ['to a full mentor, who may have a free place later', { candidate: { ...mentor, mentorCapacity: 0 } }],
    ['to a mentor who has a mentor', { candidate: { ...mentor, mentorsAbove: [carol] } }],
    ['by a mentee who has another mentor', { current: { mentorId: carol } }],
    ['by a mentee with four open requests', { sent: 4 }],
  ])('%s, from either side', (_, situation) => {
    for (const side of sides) expect(request(side, situation)).not.toThrow();
  });

  test.each<[string, Partial<RequestSituation>]>([
    ['accepts no requests', { candidate: { ...mentor, mentorPolicy: 'closed' } }],
    ['has 19 open offers', { sent: 19 }],
  ])('from a mentor who %s', (_, situation) => {
    expect(request('mentor', situation)).not.toThrow();
  });
});

describe('a request is refused', () => {
  /** The obstacles in the order in which they are checked; `only` if they apply to requests of one side. */
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

  /** Every set of obstacles for both sides: the first one that applies is reported. */
  const cells = sides.flatMap((requestedBy) =>
    Array.from({ length: 2 ** obstacles.length }, (_, bits) => {
      const set = obstacles.filter((_, index) => (bits >> index) & 1);
      const reported = set.find(({ only = requestedBy }) => only === requestedBy);
      return {
        requestedBy,
        obstacles: set.map(({ code }) => code).join(', ') || 'nothing',
        code: reported?.code ?? null,
        details: reported?.details(field[requestedBy]),
        situation: set.reduce((before, { change }) => ({ ...before, ...change(before) }), free),
      };
    }),
  );

  test.each(cells)('from the $requestedBy with $obstacles: $code', (cell) => {
    const refused = refusalOf(request(cell.requestedBy, cell.situation));
    expect([refused?.code ?? null, refused?.details]).toEqual([cell.code, cell.details]);
  });

  test.each([
    ['mentee', 5],
    ['mentor', 20],
  ] as const)('from a %s who has %i open ones, named as the limit', (side, limit) => {
    for (const sent of [limit, limit + 1, 1000])
      expect(refusalOf(request(side, { sent }))).toMatchObject({ code: 'too_many_open_requests', details: { limit } });
    expect(request(side, { sent: limit - 1 })).not.toThrow();
  });

  test('in 123 of 128 combinations', () => {
    expect(cells).toHaveLength(128);
    expect(cells.filter(({ code }) => code === null)).toHaveLength(5);
  });
});
