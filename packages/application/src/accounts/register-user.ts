import {
  type Client,
  DomainError,
  type FailureCode,
  invalidField,
  optional,
  parseEmail,
  parseFields,
  parsePhone,
  parseUsername,
  parseUsernameKey,
  refuse,
  unknownClient,
  type User,
  type Username,
  usernameKey,
} from '@mentorship/domain';
import { linkMentor } from '../mentorships/link-mentor.ts';
import type { Ports } from '../ports/index.ts';
import { requireNoWait } from '../security/check-password.ts';
import { recordEvents } from '../security/record-events.ts';

export interface Registration {
  readonly username: string;
  readonly password: string;
  readonly email?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly mentorUsername?: string | null | undefined;
  readonly client?: Client;
}

/**
 * Throws `validation_failed` (a mentor whom nobody knows or who cannot be had among it: then nobody is registered), `username_taken`,
 * `registration_closed`, `too_many_attempts` when the address has used up its budget, and `overloaded`.
 */
export const registerUser =
  ({
    storage,
    userDirectory,
    attemptLimiter,
    passwordHasher,
    passwordRules,
    clock,
    policy,
  }: Pick<
    Ports,
    'storage' | 'userDirectory' | 'attemptLimiter' | 'passwordHasher' | 'passwordRules' | 'clock' | 'policy'
  >) =>
  async ({
    client = unknownClient,
    ...registration
  }: Registration): Promise<{ user: User; mentorUsername: Username | null }> => {
    if (!policy.registrationOpen) throw refuse('registration_closed');
    const {
      password,
      mentorUsername: mentor,
      ...account
    } = parseFields({
      username: () => parseUsername(registration.username),
      password: () =>
        passwordRules.parse(registration.password, [
          registration.username,
          registration.email ?? '',
          registration.phone ?? '',
        ]),
      email: () => optional(parseEmail)(registration.email),
      phone: () => optional(parsePhone)(registration.phone),
      mentorUsername: () => optional(parseUsernameKey)(registration.mentorUsername),
    });
    const taken = new DomainError('username_taken', { username: account.username });
    const attempts = client.network === null ? [] : [{ tally: 'registration', subject: client.network } as const];
    if (policy.budgets.registration !== null) {
      // Before the work is done: a name that is taken counts too, so that nobody lists the names by trying them.
      const counted = await storage.atomically((repositories) => attemptLimiter.count(attempts, repositories.attempts));
      requireNoWait(Math.max(0, ...counted.map(({ wait }) => wait)));
    }
    if ((await userDirectory.credentials(usernameKey(account.username), null)).account) throw taken;

    const passwordHash = await passwordHasher.hash(password);
    return storage.atomically(async (repositories) => {
      const { users, mentorships } = repositories;
      const at = mentor === null ? clock.now() : await mentorships.lockGraph(clock);
      const user = await users.add({ ...account, passwordHash, createdAt: at });
      if (user === null) throw taken;
      await recordEvents(policy, client, at)(repositories, { type: 'registered', userId: user.id });
      const link = { mentee: user.id, mentor, field: 'mentorUsername', at };
      const mentorUsername = mentor === null ? null : await linkMentor(repositories, link).catch(refuseField);
      return { user, mentorUsername };
    });
  };

/** What a mentor's own choice comes to for somebody who is not registered yet, and so cannot ask. */
const mentorAdvice: Partial<Record<FailureCode, string>> = {
  mentor_requires_approval: 'This mentor takes mentees by request. Register without a mentor, log in, then ask.',
  mentor_closed: 'This mentor takes no mentees at the moment. Name another one, or register without a mentor.',
  mentor_full: 'This mentor has no place left. Name another one, or register without a mentor.',
};

const refuseField = (error: unknown): never => {
  const code = error instanceof DomainError ? (error.code as FailureCode) : null;
  const advice = code && mentorAdvice[code];
  throw advice ? invalidField('mentorUsername', code, advice) : error;
};
