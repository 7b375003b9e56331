import type { UserDirectory, UserListEntry } from '@mentorship/application';
import type { User, UserId } from '@mentorship/domain';
import type { Mutex } from './mutex.ts';
import type { Tables } from './tables.ts';

/** Reads take their turn with the transactions, so that none is seen half-done. */
export const memoryUserDirectory = (
  { users, userIds, endedUsers, olderHashes, networks, openMentorships, mentees }: Tables,
  inTurn: Mutex,
): UserDirectory => {
  const mentorUsername = (mentee: UserId) => {
    const mentorship = openMentorships.get(mentee);
    return (mentorship && users.get(mentorship.mentorId)?.username) ?? null;
  };
  const entry = ({ id, username }: User): UserListEntry => ({ id, username, mentorUsername: mentorUsername(id) });
  const menteesOf = (mentor: UserId) =>
    [...(mentees.get(mentor)?.keys() ?? [])].sort((a, b) => a - b).flatMap((id) => users.get(id) ?? []);
  // Ids are given out without gaps: a page begins where it begins, without walking there.
  const usersAfter = function* (after: number) {
    for (let user; (user = users.get((after + 1) as UserId)); after += 1) if (!endedUsers.has(user.id)) yield user;
  };

  return {
    list: ({ after, limit, mentor }) =>
      inTurn(() => {
        const mentorId = mentor === null ? undefined : userIds.get(mentor);
        if (mentor !== null && mentorId === undefined) return [];
        const found =
          mentorId === undefined
            ? usersAfter(after ?? 0)
            : menteesOf(mentorId)
                .values()
                .filter(({ id }) => id > (after ?? 0));
        return found.take(limit).map(entry).toArray();
      }),

    detail: (id, menteeLimit) =>
      inTurn(() => {
        const user = users.get(id);
        if (!user || endedUsers.has(id)) return null;
        const { username, email, phone, passwordHash } = user;
        const shown = menteesOf(id)
          .slice(0, menteeLimit)
          .map(({ id, username }) => ({ id, username }));
        return { id, username, email, phone, passwordHash, mentorUsername: mentorUsername(id), mentees: shown };
      }),

    credentials: (name, network) =>
      inTurn(() => {
        const id = userIds.get(name);
        const user = id !== undefined && users.get(id);
        const knownNetwork = network !== null && id !== undefined && networks.get(id)?.has(network) === true;
        return {
          account: user ? { id: user.id, passwordHash: user.passwordHash, knownNetwork } : null,
          slowestHash: olderHashes.size === 0 ? null : Math.max(...olderHashes.values()),
        };
      }),
  };
};
