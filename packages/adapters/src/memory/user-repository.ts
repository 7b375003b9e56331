import type { UserRepository } from '@mentorship/application';
import {
  type Instant,
  type MentorProfile,
  type PasswordHash,
  pbkdf2Iterations,
  pseudonym,
  maxRememberedNetworks,
  defaultProfile,
  type User,
  type UserId,
  usernameKey,
} from '@mentorship/domain';
import { memoryUserDirectory } from './user-directory.ts';
import type { Journal, Tables } from './tables.ts';

export const memoryUsers = (tables: Tables, journal: Journal): UserRepository => {
  const { users, userIds, lastLogins, networks, olderHashes, endedUsers } = tables;
  const put = (user: User) => {
    journal.put(users, user.id, user);
    const iterations = pbkdf2Iterations(user.passwordHash);
    if (iterations === null) journal.remove(olderHashes, user.id);
    else journal.put(olderHashes, user.id, iterations);
  };
  const setDeactivated = (id: UserId, deactivatedAt: Instant | null): boolean => {
    const user = users.get(id);
    if (!user || endedUsers.has(id) || (user.deactivatedAt === null) === (deactivatedAt === null)) return false;
    put({ ...user, deactivatedAt });
    return true;
  };

  return {
    async add(user, network = null) {
      const key = usernameKey(user.username);
      if (userIds.has(key)) return null;
      const added = { ...user, id: (users.size + 1) as UserId, deactivatedAt: null, profile: null };
      put(added);
      journal.put(userIds, key, added.id);
      if (network !== null) journal.put(networks, added.id, new Set([network]));
      return added;
    },

    async find(name) {
      const id = userIds.get(name);
      return (id !== undefined && users.get(id)) || null;
    },

    async findById(id) {
      return endedUsers.has(id) ? null : (users.get(id) ?? null);
    },

    // The transaction holds the mutex already.
    detail: memoryUserDirectory(tables, async (work) => work()).detail,

    async change(id, { email, phone, passwordHash, ...profile }, verified = null) {
      const user = users.get(id);
      if (!user || endedUsers.has(id)) return false;
      if (verified !== null && user.passwordHash !== verified) return false;
      put({
        ...user,
        ...(email !== undefined && { email }),
        ...(phone !== undefined && { phone }),
        ...(passwordHash !== undefined && { passwordHash }),
        ...(Object.keys(profile).length > 0 && {
          profile: frozen({ ...(user.profile ?? defaultProfile), ...profile }),
        }),
      });
      return true;
    },

    async recordLogin({ id, verified, rehashed, network, at }) {
      const user = users.get(id);
      if (user?.passwordHash !== verified || endedUsers.has(id) || user.deactivatedAt !== null) return false;
      if (rehashed) put({ ...user, passwordHash: rehashed });
      journal.put(lastLogins, id, at);
      if (network !== null) {
        const before = [...(networks.get(id) ?? [])].filter((known) => known !== network);
        journal.put(networks, id, new Set([...before, network].slice(-maxRememberedNetworks)));
      }
      return true;
    },

    deactivate: async (id, at) => setDeactivated(id, at),
    activate: async (id) => setDeactivated(id, null),

    async erase(id, verified, at) {
      const user = users.get(id);
      if (user?.passwordHash !== verified || endedUsers.has(id)) return false;
      journal.remove(userIds, usernameKey(user.username));
      journal.remove(lastLogins, id);
      journal.remove(networks, id);
      journal.put(endedUsers, id, at);
      const erased = {
        username: pseudonym(id),
        email: null,
        phone: null,
        passwordHash: '' as PasswordHash,
        profile: null,
      };
      put({ ...user, ...erased });
      return true;
    },
  };
};

/** A frozen copy: neither the caller that gave the profile nor one that gets it can change the store. */
const frozen = ({ skills, ...profile }: MentorProfile): MentorProfile =>
  Object.freeze({ ...profile, skills: Object.freeze([...skills]) });
