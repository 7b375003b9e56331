import type { UserPage, UserView } from '@mentorship/application';
import type { User, UserId } from '@mentorship/domain';
import { toCursor } from './cursor.ts';

/** The `Link` to the next page (RFC 8288), relative; nothing on the last one. */
const nextLink = (after: UserId | null, query: Readonly<Record<string, string | undefined>>): { link?: string } => {
  if (after === null) return {};
  const given = Object.entries({ ...query, cursor: toCursor(after) }).filter(([, value]) => value !== undefined);
  return { link: `</api/users?${new URLSearchParams(given).toString()}>; rel="next"` };
};

export const presentRegistered = ({ user, mentorUsername }: { user: User; mentorUsername: string | null }) => ({
  id: user.id,
  username: user.username,
  email: user.email,
  phone: user.phone,
  mentor_username: mentorUsername,
});

export const presentPage = (
  { users, next }: UserPage,
  query: { readonly limit?: string; readonly mentor?: string },
) => ({
  headers: nextLink(next, { limit: query.limit, mentor: query.mentor }),
  body: users.map(({ username, mentorUsername }) => ({ username, mentor_username: mentorUsername })),
});

export const presentDetail = ({ mentorUsername, moreMenteesAfter, ...user }: UserView) => ({
  headers: nextLink(moreMenteesAfter, { mentor: user.username }),
  body: { ...user, mentees: [...user.mentees], mentor_username: mentorUsername },
});
