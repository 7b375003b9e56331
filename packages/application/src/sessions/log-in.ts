import {
  type Client,
  issueClaims,
  issueRefreshClaims,
  maxOpenSessions,
  normalisePassword,
  openSession,
  refuse,
  type Session,
  unknownClient,
  usernameKey,
} from '@mentorship/domain';
import type { Ports } from '../ports/index.ts';
import { overloaded } from '../ports/unavailable.ts';
import { checkPassword, loginAttempt, type PasswordCheckPorts, recheckRateLimit } from '../security/check-password.ts';
import { pruneRecords } from '../security/prune-records.ts';
import { recordEvents } from '../security/record-events.ts';
import { endSessions } from './end-sessions.ts';

export interface Tokens {
  readonly refresh: string;
  readonly access: string;
}

interface Login {
  readonly username: string;
  readonly password: string;
  readonly client?: Client;
}

type LoginPorts = PasswordCheckPorts & Pick<Ports, 'userDirectory' | 'tokenSigner' | 'ids'>;

/** How often one login is tried when the hash that it has verified is replaced before its session opens. */
export const maxLoginTries = 5;

/**
 * Opens a session. Throws `invalid_credentials` for every failure, after the same work whether the user exists or not,
 * `too_many_attempts` when a rate limit is used up, and `overloaded`, also after `maxLoginTries`.
 */
export const logIn =
  (deps: LoginPorts) =>
  async (login: Login): Promise<Tokens> => {
    for (let tries = 0; tries < maxLoginTries; tries += 1) {
      const session = await openVerifiedSession(deps, login);
      if (session !== null) return issueTokens(deps, session);
    }
    throw overloaded();
  };

/**
 * Verifies the password and opens a session; null when the verified hash is no longer the stored one. Then the password
 * was changed, the account was deactivated, or another login has replaced an older hash of the same password.
 */
const openVerifiedSession = async (
  deps: LoginPorts,
  { username, password, client = unknownClient }: Login,
): Promise<Session | null> => {
  const { storage, userDirectory, passwordHasher, attemptLimiter, clock, ids, policy } = deps;
  const name = usernameKey(username);
  const { account, slowestHash } = await userDirectory.credentials(name, client.network);
  const check = { name, account, slowestHash, typed: password, client };
  const matches = await checkPassword(deps, check);
  if (!matches || !account?.passwordHash) throw refuse('invalid_credentials');
  const { id, passwordHash: verified } = account;
  const rehashed = passwordHasher.isCurrent(verified) ? null : await passwordHasher.hash(normalisePassword(password));

  const now = clock.now();
  const session = openSession(ids.next(), id, now, policy, client);
  return storage.atomically(async (repositories) => {
    const { users, sessions, attempts } = repositories;
    await recheckRateLimit(deps, check, repositories);
    if (!(await users.recordLogin({ id, verified, rehashed, network: client.network, at: now }))) return null;
    await sessions.open(session);
    const record = recordEvents(policy, client, now);
    await record(repositories, { type: 'logged_in', userId: id, sessionId: session.id });
    const surplus = { userId: id, exceptNewest: maxOpenSessions };
    await endSessions(repositories, surplus, { reason: 'too_many_sessions', at: now, record });
    if (client.network !== null) await attemptLimiter.forget(loginAttempt(name, client.network), attempts);
    await pruneRecords(repositories, policy, now);
    return session;
  });
};

const issueTokens = async (
  { tokenSigner, ids, policy }: Pick<Ports, 'tokenSigner' | 'ids' | 'policy'>,
  session: Session,
): Promise<Tokens> => {
  const issue = () => ({ jti: ids.next(), now: session.createdAt, ...policy });
  return {
    refresh: await tokenSigner.sign(issueRefreshClaims(session, issue())),
    access: await tokenSigner.sign(issueClaims('access', session, issue())),
  };
};
