import type { UserId } from '@mentorship/domain';
import { usernameKey } from '@mentorship/domain';
import type { Ports, UserListEntry } from '../ports/index.ts';

/** The most entries a page has, and how many it has unless asked for fewer. */
export const largestPage = 1000;

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
    after?: UserId | null;
    mentor?: string | undefined;
  }): Promise<UserPage> => {
    const found = await userDirectory.list({
      after,
      limit: limit + 1,
      mentor: mentor === undefined ? null : usernameKey(mentor),
    });
    const users = found.slice(0, limit);
    return { users, next: found.length > limit ? (users.at(-1)?.id ?? null) : null };
  };
