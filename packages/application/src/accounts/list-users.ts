import { InvalidValue, type UserId, usernameKey } from '@mentorship/domain';
import type { Ports, UserListEntry } from '../ports/index.ts';

/** The most entries a page has, and how many it has unless asked for fewer. */
export const largestPage = 1000;

/** Reads how many entries a page shall have. Throws `InvalidValue`. */
export const parsePageSize = (text: string): number => {
  const size = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : Number.NaN;
  if (!(size <= largestPage)) throw new InvalidValue('invalid_limit', `Send a whole number from 1 to ${largestPage}.`);
  return size;
};

export interface UserPage {
  readonly users: readonly UserListEntry[];
  /** The id to go on after; null on the last page. */
  readonly next: UserId | null;
}

/** `mentor` narrows the list to the mentees of the user of that name; nobody's name gives an empty list. */
export const listUsers =
  ({ userDirectory }: Pick<Ports, 'userDirectory'>) =>
  async ({
    limit = largestPage,
    after = null,
    mentor,
  }: {
    limit?: number;
    after?: number | null;
    mentor?: string | undefined;
  }): Promise<UserPage> => {
    const size = Math.min(limit, largestPage);
    const found = await userDirectory.list({
      after,
      limit: size + 1,
      mentor: mentor === undefined ? null : usernameKey(mentor),
    });
    const users = found.slice(0, size);
    return { users, next: found.length > size ? (users.at(-1)?.id ?? null) : null };
  };
