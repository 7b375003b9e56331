import type { Answer, Service } from '../../tests/support/processes/service.ts';
import { changeStatus, choose, type Problem, request } from '../support/mentoring.ts';
import type { Person } from '../support/people.ts';
import { inParallel } from '../support/requests.ts';

/** The capacity of each mentor. */
export const capacity = 3;

/** One of many concurrent requests. If it succeeds, the mentor gets this mentee. */
type Attempt = { mentee: Person; send(to: Service): Promise<Answer<Problem>> };

export type Rush = {
  title: string;
  explanation: string;
  policy: 'open' | 'approval';
  /** The number of attempts that must succeed, and the refusal of all others. */
  succeed: number;
  refusal: string;
  /** The attempts, and the mentees with an open request. */
  prepare(
    service: Service,
    mentor: Person,
    mentees: readonly Person[],
  ): Promise<{ attempts: Attempt[]; asked: Person[] }>;
};

const naming = (mentor: Person, mentee: Person): Attempt => ({
  mentee,
  send: (to) => choose(to, mentee, { mentor: mentor.username }),
});

/** These mentees send requests; the attempts are the mentor's acceptances. */
const acceptancesOf = async (service: Service, mentor: Person, mentees: readonly Person[]): Promise<Attempt[]> => {
  const attempts: Attempt[] = [];
  await inParallel(mentees.length, 8, async (index) => {
    const mentee = mentees[index] as Person;
    const { status, body } = await request(service, mentee, { mentor: mentor.username });
    if (status !== 201) throw new Error(`A request got ${status} ${body.code}.`);
    attempts[index] = { mentee, send: (to) => changeStatus(to, mentor, body.id, 'active') };
  });
  return attempts;
};

/** The ways in which a mentor could exceed the capacity. */
export const rushes: readonly Rush[] = [
  {
    title: 'requests are accepted',
    explanation: 'the mentor requires approval, has received requests, and accepts all of them',
    policy: 'approval',
    succeed: capacity,
    refusal: '409 mentor_full',
    prepare: async (service, mentor, mentees) => ({
      attempts: await acceptancesOf(service, mentor, mentees),
      asked: [...mentees],
    }),
  },
  {
    title: 'mentees name the mentor',
    explanation: 'as in the README; the mentor is open',
    policy: 'open',
    succeed: capacity,
    refusal: '409 mentor_full',
    prepare: async (_, mentor, mentees) => ({ attempts: mentees.map((mentee) => naming(mentor, mentee)), asked: [] }),
  },
  {
    title: 'both, alternating',
    explanation: 'half have requested the open mentor, who accepts; half name the mentor',
    policy: 'open',
    succeed: capacity,
    refusal: '409 mentor_full',
    async prepare(service, mentor, mentees) {
      const asking = mentees.filter((_, index) => index % 2 === 0);
      const acceptances = await acceptancesOf(service, mentor, asking);
      const attempts = mentees.map((mentee, index) => acceptances[index / 2] ?? naming(mentor, mentee));
      return { attempts, asked: asking };
    },
  },
  {
    title: 'the same acceptance',
    explanation: 'the mentor accepts one mentee 20 times',
    policy: 'approval',
    succeed: 1,
    refusal: '409 illegal_transition',
    async prepare(service, mentor, mentees) {
      const asking = mentees.slice(0, 1);
      const acceptances = await acceptancesOf(service, mentor, asking);
      return { attempts: Array.from({ length: 20 }, () => acceptances).flat(), asked: asking };
    },
  },
];
