import {
  type Actor,
  type MentorProfile,
  refuse,
  showPasswordHash,
  type UserId,
  type Username,
} from '@mentorship/domain';
import { maxPageSize } from '../page.ts';
import type { Policy, Ports, UserDetail } from '../ports/index.ts';

export interface UserView extends Omit<UserDetail, 'passwordHash' | 'profile' | 'mentees'>, Partial<MentorProfile> {
  /** The hash as the policy shows it; only in the actor's own detail. */
  readonly password?: string;
  /** The first `maxPageSize` mentees, by ascending id. */
  readonly mentees: readonly Username[];
  /** The id after which the list of users continues the mentees; null when these are all. */
  readonly moreMenteesAfter: UserId | null;
}

/** Shows a user's detail. Throws `user_not_found`, also for an ended account. */
export const viewUser =
  ({ userDirectory, policy }: Pick<Ports, 'userDirectory' | 'policy'>) =>
  async ({ actor, userId }: { actor: Actor; userId: UserId }): Promise<UserView> => {
    const detail = await userDirectory.detail(userId, maxPageSize + 1);
    if (detail === null) throw refuse('user_not_found');
    return showUser(detail, actor, policy);
  };

/** The detail as this actor sees it. */
export const showUser = (
  { id, username, email, phone, passwordHash, mentorUsername, profile, mentees: found }: UserDetail,
  actor: Actor,
  { passwordDisplay, contactVisible }: Policy,
): UserView => {
  const own = id === actor.userId;
  const hidden = !own && contactVisible === 'self';
  const mentees = found.length > maxPageSize ? found.slice(0, maxPageSize) : found;
  return {
    id,
    username,
    email: hidden ? null : email,
    phone: hidden ? null : phone,
    mentorUsername,
    ...profile,
    ...(own && { password: showPasswordHash(passwordHash, passwordDisplay) }),
    mentees: mentees.map(({ username }) => username),
    moreMenteesAfter: found.length > maxPageSize ? (mentees.at(-1)?.id ?? null) : null,
  };
};
