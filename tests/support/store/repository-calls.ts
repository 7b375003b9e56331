import type { Repositories } from '@mentorship/application';
import {
  type MentorshipId,
  parseSkills,
  sides,
  type PasswordHash,
  type SecurityEvent,
  type UserId,
  usernameKey,
} from '@mentorship/domain';
import { type Calls, partsOf } from './calls.ts';
import { another, counted, someone } from './crowd.ts';
import { stoppedAt } from '../manual-clock.ts';
import { day, hour, loginBy, newUser, now, request, session } from '../records.ts';

const hash = '$hash' as PasswordHash;
const [mentee, mentor] = [500 as UserId, 101 as UserId];
const [closed, erased, fresh] = [1105 as UserId, 1106 as UserId, 3 as UserId];
const live = { userId: 200 as UserId, id: '200/1' };
const key = { kid: 'kid', publicKey: 'public half', createdAt: now, expiresAt: now + day };
/** The next version of the crowd's first mentorship. */
const ended = {
  id: 1 as MentorshipId,
  ...request({ id: 11 as UserId }, { id: 2 as UserId }, { status: 'ended', startedAt: now, endedAt: now, version: 3 }),
};

const event: SecurityEvent = {
  type: 'logged_in',
  at: now,
  userId: someone,
  sessionId: null,
  reason: null,
  count: 1,
  ip: null,
  userAgent: null,
  keepUntil: now + day,
};

const profile = { mentorPolicy: 'open', mentorCapacity: 3, bio: 'bio', skills: parseSkills(['Go']) } as const;

/** Calls of every method of the repositories, in every shape, in an order in which each finds rows. */
export const repositoryCalls: { readonly [Name in keyof Repositories]: Calls<Repositories[Name]> } = {
  users: {
    add: [[newUser('new user')], [newUser('newer user'), '192.0.2.7']],
    find: [[usernameKey('user11')]],
    findById: [[someone]],
    detail: [[someone, 3]],
    change: [null, hash].flatMap((verified) =>
      partsOf({ email: null, phone: null, passwordHash: hash, ...profile }).map(
        (changes) => [someone, changes, verified] as const,
      ),
    ),
    recordLogin: [null, hash].map((rehashed) => [loginBy(someone, hash, { rehashed, network: '192.0.2.7' })]),
    deactivate: [[someone, now]],
    activate: [[someone]],
    erase: [[erased, hash, now]],
  },
  mentorships: {
    lockGraph: [[stoppedAt(now)]],
    find: [[ended.id]],
    activeOf: [[mentee]],
    openRequest: [[{ mentee, mentor }]],
    countSentRequests: sides.map((side) => [{ user: mentee, side, at: now }]),
    countMentees: [[someone]],
    mentorsAbove: [[4999 as UserId]],
    add: [[request({ id: fresh }, { id: another })]],
    save: [[ended]],
    expireRequests: [[{ mentee, at: now }]],
    cancelRequests: [[{ mentee, reason: 'matched', at: now }]],
    closeAll: [[{ user: closed, reason: 'account_ended', at: now }]],
    eraseMessages: [[closed]],
    pruneMessages: [[now - 9 * day]],
  },
  sessions: {
    open: [[session('new', someone)]],
    find: [[live]],
    extendAccess: [[live, now + hour, now]],
    rotate: [[live, { from: 0, expiresAt: now + hour, accessUntil: now + hour }, now]],
    end: [
      live,
      { userId: 201 as UserId, except: '201/1' },
      { userId: 202 as UserId, exceptNewest: 1 },
      { userId: someone },
    ].map((which) => [which, 'logout', now] as const),
    eraseClients: [[someone]],
    prune: [[now]],
  },
  signingKeys: { publish: [[key]], prune: [[now]] },
  attempts: {
    find: [['key7'], counted].map((keys) => [keys, now] as const),
    raise: [['key7'], counted].map((keys) => [keys.map((key) => ({ key, by: 1, until: now + hour })), now] as const),
    forget: [['key7']],
    prune: [[now]],
  },
  securityEvents: { add: [[[event]], [[event, event]]], prune: [[now]] },
};
