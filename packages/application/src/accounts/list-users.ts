import { optional, skillKey, type UserId, usernameKey } from '@mentorship/domain';
import { maxPageSize, takePage } from '../page.ts';
import type { Ports, UserListEntry, UserListQuery } from '../ports/index.ts';

export interface UserPage {
  readonly users: readonly UserListEntry[];
  /** The next page begins after this id; null on the last page. */
  readonly next: UserId | null;
}

/** Filters as the client sends them. An unknown `mentor` matches no user; a blank prefix or skill counts as absent. */
export interface UserSearch extends Pick<UserListQuery, 'accepting' | 'hasMentor' | 'withMentoring'> {
  /** The username of a mentor. */
  readonly mentor?: string | undefined;
  /** The beginning of a username, in any case. */
  readonly prefix?: string | undefined;
  readonly skill?: string | undefined;
}

/** Lists the users who match every filter, by ascending id. */
export const listUsers =
  ({ userDirectory }: Pick<Ports, 'userDirectory'>) =>
  async ({
    limit = maxPageSize,
    after = null,
    mentor,
    prefix,
    skill,
    ...search
  }: UserSearch & { limit?: number; after?: number | null }): Promise<UserPage> => {
    const query = {
      ...search,
      after,
      mentor: mentor === undefined ? null : usernameKey(mentor),
      prefix: optional(usernameKey)(prefix),
      skill: optional(skillKey)(skill),
    };
    const { entries: users, next } = await takePage(limit, (limit) => userDirectory.list({ ...query, limit }));
    return { users, next };
  };
