import { issueClaims, normalisePassword, openSession, refuse, usernameKey } from '@mentorship/domain';
import type { Ports } from '../ports/index.ts';

export interface Tokens {
  readonly refresh: string;
  readonly access: string;
}

/** Opens a session. Throws `invalid_credentials` for every failure, after the same work whether the user exists or not. */
export const logIn =
  ({
    storage,
    userDirectory,
    passwordHasher,
    tokenSigner,
    clock,
    ids,
    policy: { lifetimes },
  }: Pick<Ports, 'storage' | 'userDirectory' | 'passwordHasher' | 'tokenSigner' | 'clock' | 'ids' | 'policy'>) =>
  async ({ username, password }: { username: string; password: string }): Promise<Tokens> => {
    const account = await userDirectory.credentials(usernameKey(username));
    const matches = await passwordHasher.verify(normalisePassword(password), account?.passwordHash ?? null);
    if (account === null || !matches) throw refuse('invalid_credentials');

    const now = clock.now();
    const session = openSession(ids.next(), account.id, now, lifetimes);
    await storage.atomically(async ({ users, sessions }) => {
      // A password changed since it was verified must not get a session that outlives the change.
      if (!(await users.recordLogin(account.id, account.passwordHash, now))) throw refuse('invalid_credentials');
      await sessions.open(session);
      await sessions.prune(now);
    });
    const issue = (kind: 'refresh' | 'access') =>
      tokenSigner.sign(issueClaims(kind, session, { jti: ids.next(), now, lifetimes }));
    return { refresh: await issue('refresh'), access: await issue('access') };
  };
