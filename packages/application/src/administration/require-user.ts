import { refuse, type User, usernameKey } from '@mentorship/domain';
import type { Repositories } from '../ports/index.ts';

/** Finds the user by name, in any case. Throws `user_not_found`. */
export const requireUser = async ({ users }: Pick<Repositories, 'users'>, username: string): Promise<User> => {
  const user = await users.find(usernameKey(username));
  if (user === null) throw refuse('user_not_found');
  return user;
};
