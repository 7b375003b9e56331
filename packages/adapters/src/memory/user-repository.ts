import type { UserRepository } from '@mentorship/application';
import { type UserId, usernameKey } from '@mentorship/domain';
import type { Journal, Tables } from './tables.ts';

export const memoryUsers = ({ users, userIds, lastLogins }: Tables, journal: Journal): UserRepository => ({
  async add(user) {
    const key = usernameKey(user.username);
    if (userIds.has(key)) return null;
    const added = { ...user, id: (users.size + 1) as UserId };
    journal.put(users, added.id, added);
    journal.put(userIds, key, added.id);
    return added;
  },

  async find(name) {
    const id = userIds.get(name);
    return (id !== undefined && users.get(id)) || null;
  },

  async change(id, changes) {
    const user = users.get(id);
    if (user) journal.put(users, id, { ...user, ...changes });
  },

  async recordLogin(id, verified, at) {
    if (users.get(id)?.passwordHash !== verified) return false;
    journal.put(lastLogins, id, at);
    return true;
  },
});
