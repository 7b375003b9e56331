import {
  maxExamined,
  type Mentoring,
  type UserDirectory,
  type UserFilter,
  type UserListEntry,
} from '@mentorship/application';
import {
  skillKey,
  type User,
  type UserId,
  defaultProfile,
  type UsernameKey,
  usernameKey,
  prefixKey,
} from '@mentorship/domain';
import type { Mutex } from './mutex.ts';
import type { Tables } from './tables.ts';

const beginsWith = (key: UsernameKey, beginning: UsernameKey): boolean =>
  key.startsWith(beginning) || key.startsWith(prefixKey(beginning));

/** Reads are serialized with the transactions, so that none sees half of one. */
export const memoryUserDirectory = (
  { users, userIds, endedUsers, olderHashes, networks, mentorships, activeMentorships, mentees }: Tables,
  runExclusive: Mutex,
): UserDirectory => {
  const mentorUsername = (mentee: UserId) => {
    const active = activeMentorships.get(mentee);
    const mentorship = active && mentorships.get(active);
    return (mentorship && users.get(mentorship.mentorId)?.username) ?? null;
  };
  const freePlaces = ({ id, profile }: User) => {
    const { mentorCapacity } = profile ?? defaultProfile;
    return mentorCapacity === null ? null : mentorCapacity - (mentees.get(id)?.size ?? 0);
  };
  const mentoringOf = (user: User): Mentoring => {
    const { mentorPolicy, skills } = user.profile ?? defaultProfile;
    return { mentorPolicy, freePlaces: freePlaces(user), skills: [...skills] };
  };
  const entry = (user: User, withMentoring: boolean): UserListEntry => ({
    id: user.id,
    username: user.username,
    mentorUsername: mentorUsername(user.id),
    ...(withMentoring && { mentoring: mentoringOf(user) }),
  });
  const passes = (user: User, { prefix, skill, accepting, hasMentor }: UserFilter): boolean => {
    const { mentorPolicy, skills } = user.profile ?? defaultProfile;
    if (accepting && (user.deactivatedAt !== null || mentorPolicy === 'closed' || (freePlaces(user) ?? 1) <= 0))
      return false;
    if (typeof hasMentor === 'boolean' && activeMentorships.has(user.id) !== hasMentor) return false;
    if (typeof skill === 'string' && !skills.some((one) => skillKey(one) === skill)) return false;
    return typeof prefix !== 'string' || beginsWith(usernameKey(user.username), prefix);
  };
  const menteesOf = (mentor: UserId) =>
    [...(mentees.get(mentor)?.keys() ?? [])].sort((a, b) => a - b).flatMap((id) => users.get(id) ?? []);
  const menteesAfter = (mentor: UserId, after: number) => menteesOf(mentor).filter(({ id }) => id > after);
  // Ids have no gaps, so a page starts at its first id without a walk through the others.
  const usersAfter = function* (after: number) {
    for (let user; (user = users.get((after + 1) as UserId)); after += 1) if (!endedUsers.has(user.id)) yield user;
  };

  return {
    list: ({ after, limit, examine = maxExamined, withMentoring = false, mentor = null, ...filter }) =>
      runExclusive(() => {
        const mentorId = mentor === null ? undefined : userIds.get(mentor);
        if (mentor !== null && mentorId === undefined) return { users: [], next: null };
        const first = after ?? 0;
        const users: UserListEntry[] = [];
        let [examined, last]: [number, UserId | null] = [0, null];
        for (const user of mentorId === undefined ? usersAfter(first) : menteesAfter(mentorId, first)) {
          if (users.length === limit || examined === examine) return { users, next: last };
          [examined, last] = [examined + 1, user.id];
          if (passes(user, filter)) users.push(entry(user, withMentoring));
        }
        return { users, next: null };
      }),

    detail: (id, menteeLimit) =>
      runExclusive(() => {
        const user = users.get(id);
        if (!user || endedUsers.has(id)) return null;
        const { username, email, phone, passwordHash, profile } = user;
        const shown = menteesOf(id)
          .slice(0, menteeLimit)
          .map(({ id, username }) => ({ id, username }));
        return {
          id,
          username,
          email,
          phone,
          passwordHash,
          mentorUsername: mentorUsername(id),
          profile: structuredClone(profile),
          mentees: shown,
        };
      }),

    find: (name) =>
      runExclusive(() => {
        const id = userIds.get(name);
        const user = id !== undefined && users.get(id);
        return user ? { id: user.id, username: user.username } : null;
      }),

    credentials: (name, network) =>
      runExclusive(() => {
        const id = userIds.get(name);
        const user = id !== undefined && users.get(id);
        const knownNetwork = network !== null && id !== undefined && networks.get(id)?.has(network) === true;
        return {
          account: user
            ? { id: user.id, passwordHash: user.deactivatedAt === null ? user.passwordHash : null, knownNetwork }
            : null,
          slowestHash: olderHashes.size === 0 ? null : Math.max(...olderHashes.values()),
        };
      }),
  };
};
