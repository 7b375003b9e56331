import {
  DomainError,
  optional,
  parseEmail,
  parseFields,
  parsePassword,
  parsePhone,
  parseText,
  parseUsername,
  type User,
  type Username,
  usernameKey,
} from '@mentorship/domain';
import type { Ports } from '../ports/index.ts';
import { linkMentor } from './link-mentor.ts';

export interface Registration {
  readonly username: string;
  readonly password: string;
  readonly email?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly mentorUsername?: string | null | undefined;
}

/** Throws `validation_failed` (an unknown mentor among it: then nobody is registered) and `username_taken`. */
export const registerUser =
  ({
    storage,
    userDirectory,
    passwordHasher,
    clock,
  }: Pick<Ports, 'storage' | 'userDirectory' | 'passwordHasher' | 'clock'>) =>
  async (registration: Registration): Promise<{ user: User; mentorUsername: Username | null }> => {
    const {
      password,
      mentorUsername: mentorName,
      ...account
    } = parseFields({
      username: () => parseUsername(registration.username),
      password: () => parsePassword(registration.password),
      email: () => optional(parseEmail)(registration.email),
      phone: () => optional(parsePhone)(registration.phone),
      mentorUsername: () => optional(parseText)(registration.mentorUsername),
    });
    const taken = new DomainError('username_taken', { username: account.username });
    if (await userDirectory.credentials(usernameKey(account.username))) throw taken;

    const passwordHash = await passwordHasher.hash(password);
    return storage.atomically(async (repositories) => {
      const { users, mentorships } = repositories;
      if (mentorName !== null) await mentorships.lockGraph();
      const at = clock.now();
      const user = await users.add({ ...account, passwordHash, createdAt: at });
      if (user === null) throw taken;
      const link = { mentee: user.id, mentorName, field: 'mentorUsername', at };
      return { user, mentorUsername: mentorName === null ? null : await linkMentor(repositories, link) };
    });
  };
