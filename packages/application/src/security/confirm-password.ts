import { type Actor, type Client, invalidField, type PasswordHash, refuse, usernameKey } from '@mentorship/domain';
import type { Ports } from '../ports/index.ts';
import { checkPassword } from './check-password.ts';

/**
 * Asks for the password again. Resolves to the hash that it is good for: what follows must find it unchanged.
 * Throws `validation_failed` on `currentPassword`, and what `checkPassword` throws.
 */
export const confirmPassword = async (
  deps: Parameters<typeof checkPassword>[0] & Pick<Ports, 'userDirectory'>,
  { actor: { userId, sessionId }, typed, client }: { actor: Actor; typed: string; client: Client },
): Promise<PasswordHash> => {
  const user = await deps.userDirectory.detail(userId, 1);
  if (user === null) throw refuse('access_token_refused');
  const { passwordHash } = user;
  const requireBudget = await checkPassword(deps, {
    name: usernameKey(user.username),
    // A thief of the session has only its own failures, from however many addresses, and locks nobody else out.
    counted: `session ${sessionId}`,
    account: { id: userId, passwordHash, knownNetwork: false },
    slowestHash: null,
    typed,
    client,
  });
  if (requireBudget === null)
    throw invalidField('currentPassword', 'incorrect_password', 'This is not your present password.');
  await deps.storage.atomically(requireBudget);
  return passwordHash;
};
