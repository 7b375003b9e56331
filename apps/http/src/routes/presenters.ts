import type {
  GraphView,
  MentorshipPage,
  SecurityEventPage,
  SessionView,
  UserListEntry,
  UserPage,
  UserView,
} from '@mentorship/application';
import type { Instant, NamedMentorship, User } from '@mentorship/domain';
import { toCursor } from '../schemas/cursor.ts';
import { hashEntityTag, toEntityTag } from '../schemas/entity-tag.ts';
import { presentTimestamp } from '../schemas/timestamp.ts';

type Query = Readonly<Record<string, string | undefined>>;

/** The relative `Link` to the next page (RFC 8288); no header on the last page. */
const nextLink = (path: string, after: number | readonly number[] | null, query: Query): { link?: string } => {
  if (after === null) return {};
  const parameters = Object.entries({ ...query, cursor: toCursor(...[after].flat()) }).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}=${encodeURIComponent(value.toWellFormed())}`,
  );
  return { link: `<${path}?${parameters.join('&')}>; rel="next"` };
};

export const presentRegistered = ({ user, mentorUsername }: { user: User; mentorUsername: string | null }) => ({
  id: user.id,
  username: user.username,
  email: user.email,
  phone: user.phone,
  mentor_username: mentorUsername,
});

export const presentPage = ({ users, next }: UserPage, query: Query) => ({
  headers: nextLink('/api/users', next, query),
  body: users.map(presentEntry),
});

const presentEntry = ({ id, username, mentorUsername, mentoring }: UserListEntry) => {
  const entry = { username, mentor_username: mentorUsername };
  if (!mentoring) return entry;
  const { mentorPolicy, freePlaces, skills } = mentoring;
  return { id, ...entry, mentor_policy: mentorPolicy, free_places: freePlaces, skills: [...skills] };
};

export const presentDetail = (view: UserView) => {
  const { id, username, phone, email, password, moreMenteesAfter, mentorPolicy, mentorCapacity, bio, skills } = view;
  const body = {
    id,
    username,
    phone,
    email,
    mentor_username: view.mentorUsername,
    mentees: [...view.mentees],
    ...(password !== undefined && { password }),
    // Absent until the user sets any of it, so that clients of the original API see the same fields as ever.
    ...(mentorPolicy !== undefined && {
      mentor_policy: mentorPolicy,
      mentor_capacity: mentorCapacity,
      bio,
      skills: [...(skills ?? [])],
    }),
  };
  return {
    headers: { etag: hashEntityTag(body), ...nextLink('/api/users', moreMenteesAfter, { mentor: username }) },
    body,
  };
};

const presentTimestampOrNull = (at: Instant | null) => (at === null ? null : presentTimestamp(at));

const mentorshipBody = (mentorship: NamedMentorship) => ({
  id: mentorship.id,
  mentor_username: mentorship.mentorUsername,
  mentee_username: mentorship.menteeUsername,
  status: mentorship.status,
  requested_by: mentorship.requestedBy,
  message: mentorship.message,
  reason: mentorship.reason,
  created_at: presentTimestamp(mentorship.createdAt),
  expires_at: presentTimestampOrNull(mentorship.expiresAt),
  started_at: presentTimestampOrNull(mentorship.startedAt),
  ended_at: presentTimestampOrNull(mentorship.endedAt),
  version: mentorship.version,
});

export const presentMentorship = (mentorship: NamedMentorship) => ({
  headers: { etag: toEntityTag(mentorship.version) },
  body: mentorshipBody(mentorship),
});

export const presentMentorships = ({ mentorships, next }: MentorshipPage, path: string, query: Query) => ({
  headers: nextLink(path, next, query),
  body: mentorships.map(mentorshipBody),
});

/** The link always has `at`, so that all pages show the same state. */
export const presentGraph = ({ root, at, edges, next }: GraphView, query: Query) => ({
  headers: nextLink('/api/mentorships/graph', next, { ...query, at: presentTimestamp(at) }),
  body: {
    root,
    at: presentTimestamp(at),
    edges: edges.map(({ mentorUsername, menteeUsername, depth, startedAt }) => ({
      mentor_username: mentorUsername,
      mentee_username: menteeUsername,
      depth,
      started_at: presentTimestamp(startedAt),
    })),
  },
});

export const presentSession = (session: SessionView) => ({
  id: session.id,
  created_at: presentTimestamp(session.createdAt),
  last_used_at: presentTimestamp(session.lastUsedAt),
  expires_at: presentTimestamp(session.expiresAt),
  user_agent: session.userAgent,
  ip: session.ip,
  current: session.current,
});

export const presentEvents = ({ events, next }: SecurityEventPage, { limit }: { readonly limit?: string }) => ({
  headers: nextLink('/api/users/me/events', next, { limit }),
  body: events.map((event) => ({
    id: event.id,
    type: event.type,
    created_at: presentTimestamp(event.at),
    session_id: event.sessionId,
    reason: event.reason,
    count: event.count,
    user_agent: event.userAgent,
    ip: event.ip,
  })),
});
