import { InvalidValue, skillKey, type UserId, usernameKey } from '@mentorship/domain';
import type { Ports, UserListEntry, UserListQuery } from '../ports/index.ts';

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

/** Texts as people type them: each narrows the list. Nobody's name as `mentor` gives an empty one. */
export interface UserSearch extends Pick<UserListQuery, 'accepting' | 'hasMentor' | 'withMentoring'> {
  /** The username of a mentor. */
  readonly mentor?: string | undefined;
  /** How a username begins, in any case; blank counts as not sent. */
  readonly prefix?: string | undefined;
  readonly skill?: string | undefined;
}

/** The users who pass every filter that is sent, by ascending id. */
export const listUsers =
  ({ userDirectory }: Pick<Ports, 'userDirectory'>) =>
  async ({
    limit = largestPage,
    after = null,
    mentor,
    prefix,
    skill,
    ...search
  }: UserSearch & { limit?: number; after?: number | null }): Promise<UserPage> => {
    const size = Math.min(limit, largestPage);
    const found = await userDirectory.list({
      ...search,
      after,
      limit: size + 1,
      mentor: mentor === undefined ? null : usernameKey(mentor),
      prefix: prefix === undefined || prefix.trim() === '' ? null : usernameKey(prefix),
      skill: skill === undefined ? null : skillKey(skill),
    });
    const users = found.slice(0, size);
    return { users, next: found.length > size ? (users.at(-1)?.id ?? null) : null };
  };
