import type { Store } from '@mentorship/adapters/store';
import { type MentorshipId, mentorshipStatuses, sides, skillKey, usernameKey } from '@mentorship/domain';
import { type Calls, partsOf, subsets } from './calls.ts';
import { another, counted, someone } from './crowd.ts';
import { now } from '../records.ts';

export type Directories = Omit<Store, 'storage' | 'connections' | 'close'>;

const name = usernameKey('user11');
const filter = { mentor: name, prefix: usernameKey('user1'), skill: skillKey('skill7/30'), accepting: true };
const page = { before: null, limit: 20 };
const graphPage = { at: now + 1, after: 3000, limit: 20 };

/** Calls of every method of the directories, in every shape. */
export const directoryCalls: { readonly [Name in keyof Directories]: Calls<Directories[Name]> } = {
  userDirectory: {
    list: [true, false].flatMap((hasMentor) =>
      partsOf({ ...filter, hasMentor, withMentoring: true }).map(
        (some) => [{ ...some, after: 2500, limit: 20 }] as const,
      ),
    ),
    detail: [[someone, 20]],
    find: [[name]],
    credentials: [[name, '192.0.2.1']],
  },
  sessionDirectory: {
    isOpen: [[{ userId: someone, id: 'session' }]],
    list: [[{ userId: someone, now, limit: 20 }]],
    endedSince: [[4990, now]],
  },
  attemptDirectory: { find: [['key7'], counted].map((keys) => [keys, now] as const) },
  securityEventDirectory: { list: [null, 9000].map((before) => [{ ...page, userId: someone, before }]) },
  signingKeyDirectory: { list: [[]] },
  mentorshipDirectory: {
    lastChange: [[]],
    find: [[4000 as MentorshipId]],
    between: [null, 9000].map((before) => [{ ...page, users: [someone, another], before }]),
    mentees: [[{ ...graphPage, mentor: someone }]],
    links: [[graphPage]],
    list: subsets(sides).flatMap((sides) =>
      subsets(mentorshipStatuses).flatMap((statuses) =>
        [null, 9000].map((before) => [{ user: someone, sides, statuses, now, before, limit: 20 }] as const),
      ),
    ),
  },
};
