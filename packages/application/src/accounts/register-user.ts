import {
  type Client,
  DomainError,
  type FailureCode,
  invalidField,
  networksAround,
  optional,
  parseEmail,
  parseFields,
  parsePassword,
  parsePhone,
  parseUsername,
  parseUsernameKey,
  refuse,
  unknownClient,
  type User,
  type Username,
  usernameKey,
} from '@mentorship/domain';
import { judgePassword } from './profile-changes.ts';
import { linkMentor, unknownMentor } from '../mentorships/link-mentor.ts';
import type { Ports } from '../ports/index.ts';
import { countAttempt, type CountingPorts } from '../security/count-attempt.ts';
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
 * Registers a user, all or nothing.
 * Throws `validation_failed` (also for a mentor who is unknown or not available), `self_mentoring`, `username_taken`,
 * `registration_closed`, `too_many_attempts` when the rate limit of the client's network is used up, and `overloaded`.
 */
export const registerUser =
  (deps: CountingPorts & Pick<Ports, 'userDirectory' | 'passwordHasher' | 'passwordRules'>) =>
  async ({
    client = unknownClient,
    ...registration
  }: Registration): Promise<{ user: User; mentorUsername: Username | null }> => {
    const { storage, userDirectory, passwordHasher, passwordRules, clock, policy } = deps;
    if (!policy.registrationOpen) throw refuse('registration_closed');
    // Refusals that cost nothing come first, then the rate limit, then what costs: reading the store, judging the
    // password, hashing it.
    const {
      password: _bounded,
      mentorUsername: mentor,
      ...account
    } = parseFields({
      username: () => parseUsername(registration.username),
      password: () => parsePassword(registration.password),
      email: () => optional(parseEmail)(registration.email),
      phone: () => optional(parsePhone)(registration.phone),
      mentorUsername: () => optional(parseUsernameKey)(registration.mentorUsername),
    });
    const taken = new DomainError('username_taken', { username: account.username });
    const around = client.network === null ? [] : networksAround(client.network);
    const attempts = around.map(({ network, addresses }) => ({
      budget: 'registration' as const,
      subject: network,
      addresses,
    }));
    // Counted before the name is looked up, so that trying out names to learn which are taken is limited too.
    await countAttempt(deps, attempts);
    const key = usernameKey(account.username);
    if ((await userDirectory.credentials(key, null)).account) throw taken;
    if (mentor !== null && mentor !== key && (await userDirectory.find(mentor)) === null)
      throw unknownMentor('mentorUsername');
    const password = judgePassword({ passwordRules }, registration.password, account);
    const passwordHash = await passwordHasher.hash(password);
    return storage.atomically(async (repositories) => {
      const { users, mentorships } = repositories;
      const at = mentor === null ? clock.now() : await mentorships.lockGraph(clock);
      const user = await users.add({ ...account, passwordHash, createdAt: at }, client.network);
      if (user === null) throw taken;
      await recordEvents(policy, client, at)(repositories, { type: 'registered', userId: user.id });
      const link = { mentee: user.id, mentor, field: 'mentorUsername', at };
      const mentorUsername = mentor === null ? null : await linkMentor(repositories, link).catch(explainRefusal);
      return { user, mentorUsername };
    });
  };

/** What to do when the mentor is not available: a user who is not registered yet cannot send a request. */
const mentorAdvice: Partial<Record<FailureCode, string>> = {
  mentor_requires_approval:
    'This mentor accepts mentees only by request. Register without a mentor, log in, then send a request.',
  mentor_closed: 'This mentor accepts no mentees. Choose another mentor, or register without one.',
  mentor_full: 'This mentor has no free place. Choose another mentor, or register without one.',
};

const explainRefusal = (error: unknown): never => {
  const code = error instanceof DomainError ? (error.code as FailureCode) : null;
  const advice = code && mentorAdvice[code];
  throw advice ? invalidField('mentorUsername', code, advice) : error;
};
