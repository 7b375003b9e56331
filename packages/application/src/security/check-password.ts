import { type Client, isMilestone, networksAround, type UsernameKey } from '@mentorship/domain';
import type { Attempt, Credentials, Ports, Repositories } from '../ports/index.ts';
import { requireNoWait } from './count-attempt.ts';
import { pruneRecords } from './prune-records.ts';
import { recordEvents } from './record-events.ts';

export type PasswordCheckPorts = Pick<
  Ports,
  'storage' | 'attemptDirectory' | 'attemptLimiter' | 'passwordHasher' | 'clock' | 'policy'
>;

export interface PasswordCheck extends Credentials {
  readonly name: UsernameKey;
  /** The session that confirms a change, if one does: failures from all addresses count under it, not under the name. */
  readonly session?: string;
  readonly typed: string;
  readonly client: Client;
}

/**
 * Whether the typed password matches the account's hash. Counts a failure against the rate limits.
 * The caller must call `recheckRateLimit` before it acts on a match.
 * Throws `too_many_attempts` and `overloaded`.
 */
export const checkPassword = async (deps: PasswordCheckPorts, check: PasswordCheck): Promise<boolean> => {
  const { attemptLimiter, attemptDirectory, passwordHasher } = deps;
  const attempts = attemptsOf(check);
  const admit = async () => requireNoWait(await attemptLimiter.wait(attempts, attemptDirectory));
  await admit();
  // The hasher calls `admit` again once its queue reaches this check: failures may have used the limit up by then.
  const terms = { slowest: check.slowestHash, admit, confirms: check.session !== undefined };
  const matches = await passwordHasher.verify(check.typed, check.account?.passwordHash ?? null, terms);
  if (!matches) await countFailure(deps, check, attempts);
  return matches;
};

/**
 * Re-checks the rate limit inside the login transaction, which waits for the failures that are being counted. Otherwise
 * a client that sends many guesses at once could learn of a match beyond the limit. Throws `too_many_attempts`.
 */
export const recheckRateLimit = async (
  { attemptLimiter }: Pick<Ports, 'attemptLimiter'>,
  check: PasswordCheck,
  { attempts }: Pick<Repositories, 'attempts'>,
): Promise<void> => requireNoWait(await attemptLimiter.wait(attemptsOf(check), attempts));

/**
 * An attempt counts by account and network, by network, by account unless the account knows the network, and for unknown
 * names under one common subject, so that guessed names do not fill the table. Only strangers count under the wider
 * networks around theirs too: others there cannot lock out an owner at a known network, or a session.
 */
const attemptsOf = ({ name, session, client: { network }, account }: PasswordCheck): Attempt[] => {
  const isStranger = !account?.knownNetwork && session === undefined;
  const around = network === null ? [] : networksAround(network).slice(0, isStranger ? undefined : 1);
  const subject = session === undefined ? name : `session ${session}`;
  return [
    ...around.map(({ network, addresses }) => ({ ...loginAttempt(name, network), addresses })),
    ...around.map(({ network, addresses }) => ({ budget: 'login_address', subject: network, addresses }) as const),
    ...(account?.knownNetwork ? [] : [{ budget: 'login_account', subject } as const]),
    ...(account === null ? [{ budget: 'login_unknown', subject: '' } as const] : []),
  ];
};

/** The attempt whose count a successful login resets. */
export const loginAttempt = (name: UsernameKey, network: string): Attempt => ({
  budget: 'login',
  subject: `${network} ${name}`,
});

const countFailure = async (
  { storage, attemptLimiter, clock, policy }: PasswordCheckPorts,
  { account, client }: PasswordCheck,
  attempts: readonly Attempt[],
): Promise<void> => {
  const at = clock.now();
  const record = recordEvents(policy, client, at);
  const userId = account?.id ?? null;
  // The count that sums up an attack: on unknown names, from one known network, or from strange networks.
  const summed = account === null ? 'login_unknown' : account.knownNetwork ? 'login' : 'login_account';

  const counted = await storage.atomically(async (repositories) => {
    const counts = await attemptLimiter.count(attempts, repositories.attempts);
    for (const { budget, count, last } of counts) {
      if (budget === summed && isMilestone(count)) await record(repositories, { type: 'login_failed', userId, count });
      if (last) await record(repositories, { type: 'login_throttled', userId, count });
    }
    await pruneRecords(repositories, policy, at);
    return counts;
  });
  requireNoWait(Math.max(...counted.map(({ wait }) => wait)));
};
