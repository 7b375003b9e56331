import { openKyselyStore } from '@mentorship/adapters/kysely';
import { argon2PasswordHasher } from '@mentorship/adapters/security';
import { parsePassword } from '@mentorship/domain';
import { newUser } from '../../tests/support/records.ts';
import { logIn, password, type Service } from '../../tests/support/processes/service.ts';
import { showProgress } from './progress.ts';
import { inParallel } from './requests.ts';
import type { Services } from './servers.ts';

/** A user who is logged in. */
export type Person = { id: number; username: string; token: string };

/** Processes of the service on one database, and all of its users, by ascending id. */
export type Company = { services: Services; people: readonly [Person, ...Person[]] };

/** Settings under which users stay logged in for as long as a program runs. */
export const longTokens = { ACCESS_TOKEN_LIFETIME: '12h', REFRESH_TOKEN_LIFETIME: '12h' };

/** Adds users to an empty database and logs them in. */
export const addPeople = async (databaseUrl: string, { url }: Service, count: number): Promise<Company['people']> => {
  const [first, ...others] = await addUsers(databaseUrl, count);
  if (first === undefined) throw new Error('No user was added.');
  const people: Company['people'] = [first, ...others];
  using progress = showProgress('logins', count);
  await inParallel(count, 4, async (index) => {
    const person = people[index];
    if (person) person.token = (await logIn(url, person.username)).access;
    progress.advance();
  });
  return people;
};

/** All users share one hash, because hashing is the slow part of a registration. */
const addUsers = async (databaseUrl: string, count: number): Promise<Person[]> => {
  const hasher = argon2PasswordHasher({ concurrency: 1, queue: 0 });
  const passwordHash = await hasher.hash(parsePassword(password));
  const store = await openKyselyStore(databaseUrl);
  try {
    return await store.storage.atomically(async ({ users }) => {
      const people: Person[] = [];
      for (let index = 1; index <= count; index++) {
        const user = await users.add(newUser(`user-${index}`, { passwordHash }));
        if (user === null) throw new Error('The database has users already.');
        people.push({ id: user.id, username: user.username, token: '' });
      }
      return people;
    });
  } finally {
    await store.close();
  }
};
