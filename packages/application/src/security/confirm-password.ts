import { type Actor, type Client, invalidField, type PasswordHash, refuse, usernameKey } from '@mentorship/domain';
import type { Ports } from '../ports/index.ts';
import { countAttempt } from './count-attempt.ts';
import { checkPassword, type PasswordCheckPorts, recheckRateLimit } from './check-password.ts';

export type ConfirmPasswordPorts = PasswordCheckPorts & Pick<Ports, 'userDirectory'>;

/** Counts a request that checks or sets the actor's password, before both: each costs. Throws `too_many_attempts`. */
export const countPasswordUse = (deps: ConfirmPasswordPorts, { userId }: Actor): Promise<void> =>
  countAttempt(deps, [{ budget: 'password', subject: String(userId) }]);

/**
 * Checks the actor's current password before a sensitive change. Resolves to the hash that it matched: the change must
 * require that the stored hash is still this one.
 * Throws `validation_failed` on `currentPassword`, what `checkPassword` throws, and `access_token_refused` when the
 * account has ended.
 */
export const confirmPassword = async (
  deps: ConfirmPasswordPorts,
  { actor: { userId, sessionId }, typed, client }: { actor: Actor; typed: string; client: Client },
): Promise<PasswordHash> => {
  const user = await deps.userDirectory.detail(userId, 1);
  if (user === null) throw refuse('access_token_refused');
  const { passwordHash } = user;
  const check = {
    name: usernameKey(user.username),
    // Failures count by session, so that a stolen session cannot lock the user's other sessions and logins out.
    session: sessionId,
    account: { id: userId, passwordHash, knownNetwork: false },
    slowestHash: null,
    typed,
    client,
  };
  if (!(await checkPassword(deps, check)))
    throw invalidField('currentPassword', 'incorrect_password', 'This is not your current password.');
  await deps.storage.atomically((repositories) => recheckRateLimit(deps, check, repositories));
  return passwordHash;
};
