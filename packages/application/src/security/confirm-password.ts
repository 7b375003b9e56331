import { type Client, invalidField, refuse, type UserId, usernameKey } from '@mentorship/domain';
import type { Ports } from '../ports/index.ts';
import { checkPassword } from './check-password.ts';

/** Asks for the password again. Throws `validation_failed` on `currentPassword`, and what `checkPassword` throws. */
export const confirmPassword = async (
  deps: Parameters<typeof checkPassword>[0] & Pick<Ports, 'userDirectory'>,
  { userId, typed, client }: { userId: UserId; typed: string; client: Client },
): Promise<void> => {
  const user = await deps.userDirectory.detail(userId, 1);
  if (user === null) throw refuse('access_token_refused');
  // Whoever is logged in is no stranger: only failures from this address count.
  const account = { id: userId, passwordHash: user.passwordHash, knownNetwork: true };
  const name = usernameKey(user.username);
  const requireBudget = await checkPassword(deps, { name, account, slowestHash: null, typed, client });
  if (requireBudget === null)
    throw invalidField('currentPassword', 'incorrect_password', 'This is not your present password.');
  await deps.storage.atomically(requireBudget);
};
