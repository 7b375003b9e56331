import { optional, skillKey, usernameKey } from '@mentorship/domain';
import { maxPageSize } from '../page.ts';
import type { Ports, UserListQuery, UserPage } from '../ports/index.ts';

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
  }: UserSearch & { limit?: number; after?: number | null }): Promise<UserPage> =>
    userDirectory.list({
      ...search,
      after,
      limit: Math.min(limit, maxPageSize),
      mentor: mentor === undefined ? null : usernameKey(mentor),
      prefix: optional(usernameKey)(prefix),
      skill: optional(skillKey)(skill),
    });
