import {
  type Client,
  issueClaims,
  issueRefreshClaims,
  maxOpenSessions,
  normalisePassword,
  openSession,
  refuse,
  unknownClient,
  usernameKey,
} from '@mentorship/domain';
import type { Ports } from '../ports/index.ts';
import { checkPassword, loginAttempt } from '../security/check-password.ts';
import { recordEvents } from '../security/record-events.ts';
import { pruneRecords } from '../security/prune-records.ts';
import { endSessions } from './end-sessions.ts';

export interface Tokens {
  readonly refresh: string;
  readonly access: string;
}

type Deps = Parameters<typeof checkPassword>[0] & Pick<Ports, 'userDirectory' | 'tokenSigner' | 'ids'>;

/**
 * Opens a session. Throws `invalid_credentials` for every failure, after the same work whether the user exists or not,
 * `too_many_attempts` when a budget for failures is used up, and `overloaded`.
 */
export const logIn =
  (deps: Deps) =>
  async (login: { username: string; password: string; client?: Client }): Promise<Tokens> => {
    const { username, password, client = unknownClient } = login;
    const { storage, userDirectory, passwordHasher, attemptLimiter, tokenSigner, clock, ids, policy } = deps;
    const name = usernameKey(username);
    const { account, slowestHash } = await userDirectory.credentials(name, client.network);
    const requireBudget = await checkPassword(deps, { name, account, slowestHash, typed: password, client });
    const verified = account?.passwordHash ?? null;
    if (account === null || verified === null || requireBudget === null) throw refuse('invalid_credentials');
    const { id } = account;
    const rehashed = passwordHasher.isCurrent(verified) ? null : await passwordHasher.hash(normalisePassword(password));

    const now = clock.now();
    const session = openSession(ids.next(), id, now, policy, client);
    const opened = await storage.atomically(async (repositories) => {
      const { users, sessions, attempts } = repositories;
      await requireBudget(repositories);
      // A password changed since it was verified must not get a session that outlives the change.
      if (!(await users.recordLogin({ id, verified, rehashed, network: client.network, at: now }))) return false;
      await sessions.open(session);
      const note = recordEvents(policy, client, now);
      await note(repositories, { type: 'logged_in', userId: id, sessionId: session.id });
      const tooMany = { userId: id, exceptNewest: maxOpenSessions };
      await endSessions(repositories, tooMany, { reason: 'too_many_sessions', at: now, note });
      if (client.network !== null) await attemptLimiter.forget(loginAttempt(name, client.network), attempts);
      await pruneRecords(repositories, now);
      return true;
    });
    // Or another login has made an older hash of the same password anew: what was typed is checked against the new one.
    // Of an account that was deactivated meanwhile there is none to match.
    if (!opened) return logIn(deps)(login);
    const issue = () => ({ jti: ids.next(), now, ...policy });
    return {
      refresh: await tokenSigner.sign(issueRefreshClaims(session, issue())),
      access: await tokenSigner.sign(issueClaims('access', session, issue())),
    };
  };
