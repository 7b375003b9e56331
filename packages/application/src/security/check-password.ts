import { type Client, DomainError, isMilestone, type UsernameKey } from '@mentorship/domain';
import type { Attempt, Credentials, Ports, Repositories } from '../ports/index.ts';
import { recordEvents } from './record-events.ts';
import { pruneRecords } from './prune-records.ts';

type Deps = Pick<Ports, 'storage' | 'attemptDirectory' | 'attemptLimiter' | 'passwordHasher' | 'clock' | 'policy'>;

interface PasswordCheck extends Credentials {
  readonly name: UsernameKey;
  /** What stands for the account where its addresses do not count: its name, unless a session asks, which is no stranger's. */
  readonly counted?: string;
  readonly typed: string;
  readonly client: Client;
}

/**
 * Asks the budgets once more, first in the transaction of what the right password is good for. Throws `too_many_attempts`.
 * By a mere read, who was right would overtake those who were wrong before, and are not counted yet.
 */
export type RequireBudget = (repositories: Repositories) => Promise<void>;

/**
 * Checks what was typed against the account's hash, within the budgets for failures; null when it is wrong.
 * However many are checked at once, no more than the budget allows learn whether they were right: who was right while
 * others used the budget up is told to wait like them. Throws `too_many_attempts` and `overloaded`.
 */
export const checkPassword = async (deps: Deps, check: PasswordCheck): Promise<RequireBudget | null> => {
  const { attemptLimiter, attemptDirectory, passwordHasher } = deps;
  const attempts = attemptsOf(check);

  const admit = async () => requireNoWait(await attemptLimiter.wait(attempts, attemptDirectory));
  await admit();
  // And again when its turn comes: of those that wait for theirs, most would be too many by then.
  const terms = { slowest: check.slowestHash, admit };
  if (await passwordHasher.verify(check.typed, check.account?.passwordHash ?? null, terms))
    return async (repositories) => requireNoWait(await attemptLimiter.wait(attempts, repositories.attempts));
  await countFailure(deps, check, attempts);
  return null;
};

/**
 * By account and address together; by address; by account, unless it has logged in from this address before; and all
 * names that nobody has together, so that guessing names fills no record.
 */
const attemptsOf = ({ name, counted = name, client: { network }, account }: PasswordCheck): Attempt[] => [
  ...(network === null ? [] : [loginAttempt(name, network), { tally: 'login_address', subject: network } as const]),
  ...(account?.knownNetwork ? [] : [{ tally: 'login_account', subject: counted } as const]),
  ...(account === null ? [{ tally: 'login_unknown', subject: '' } as const] : []),
];

/** The count that a login which succeeds sets back. */
export const loginAttempt = (name: UsernameKey, network: string): Attempt => ({
  tally: 'login',
  subject: `${network} ${name}`,
});

const countFailure = async (
  { storage, attemptLimiter, clock, policy }: Deps,
  { account, client }: PasswordCheck,
  attempts: readonly Attempt[],
): Promise<void> => {
  const at = clock.now();
  const note = recordEvents(policy, client, at);
  const userId = account?.id ?? null;
  // What a flood comes to, whoever it comes from: guessers of names, an address that the account knows, strangers to it.
  const summed = account === null ? 'login_unknown' : account.knownNetwork ? 'login' : 'login_account';

  const counted = await storage.atomically(async (repositories) => {
    const counts = await attemptLimiter.count(attempts, repositories.attempts);
    for (const { tally, count, last } of counts) {
      if (tally === summed && isMilestone(count)) await note(repositories, { type: 'login_failed', userId, count });
      if (last) await note(repositories, { type: 'login_throttled', userId, count });
    }
    await pruneRecords(repositories, at);
    return counts;
  });
  requireNoWait(Math.max(...counted.map(({ wait }) => wait)));
};

/** Throws `too_many_attempts` when there is a time to wait. */
export const requireNoWait = (retryAfter: number): void => {
  if (retryAfter > 0) throw new DomainError('too_many_attempts', { retryAfter });
};
