import type { SecurityEventPage, SessionView, UserPage, UserView } from '@mentorship/application';
import type { Instant, User } from '@mentorship/domain';
import { toCursor } from './cursor.ts';

/** The `Link` to the next page (RFC 8288), relative; nothing on the last one. */
const nextLink = (
  path: string,
  after: number | null,
  query: Readonly<Record<string, string | undefined>>,
): { link?: string } => {
  if (after === null) return {};
  const given = Object.entries({ ...query, cursor: toCursor(after) }).filter(([, value]) => value !== undefined);
  return { link: `<${path}?${new URLSearchParams(given).toString()}>; rel="next"` };
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
  headers: nextLink('/api/users', next, { limit: query.limit, mentor: query.mentor }),
  body: users.map(({ username, mentorUsername }) => ({ username, mentor_username: mentorUsername })),
});

export const presentDetail = ({ mentorUsername, moreMenteesAfter, ...user }: UserView) => ({
  headers: nextLink('/api/users', moreMenteesAfter, { mentor: user.username }),
  body: { ...user, mentees: [...user.mentees], mentor_username: mentorUsername },
});

/** ISO 8601 in UTC (RFC 3339). */
const presentMoment = (at: Instant): string => new Date(at).toISOString();

export const presentSession = (session: SessionView) => ({
  id: session.id,
  created_at: presentMoment(session.createdAt),
  last_used_at: presentMoment(session.lastUsedAt),
  expires_at: presentMoment(session.expiresAt),
  user_agent: session.userAgent,
  ip: session.ip,
  current: session.current,
});

export const presentEvents = ({ events, next }: SecurityEventPage, { limit }: { readonly limit?: string }) => ({
  headers: nextLink('/api/users/me/events', next, { limit }),
  body: events.map((event) => ({
    id: event.id,
    type: event.type,
    created_at: presentMoment(event.at),
    session_id: event.sessionId,
    reason: event.reason,
    count: event.count,
    user_agent: event.userAgent,
    ip: event.ip,
  })),
});
