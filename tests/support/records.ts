import { stoppedAt } from './manual-clock.ts';
import type { Store } from '@mentorship/adapters/store';
import type {
  Credentials,
  Login,
  MentorshipRepository,
  Repositories,
  UserDetail,
  UserListEntry,
  UserListQuery,
} from '@mentorship/application';
import {
  allowedTransitions,
  type ClosingReason,
  type Email,
  type MentorProfile,
  type MentorshipId,
  type MentorshipStatus,
  mentorshipStatuses,
  type NamedMentorship,
  newLink,
  type NewMentorship,
  newRequest,
  type NewUser,
  type PasswordHash,
  type Phone,
  type Session,
  sides,
  transition,
  type User,
  type UserId,
  type Username,
  usernameKey,
} from '@mentorship/domain';

/** The time of most tests. */
export const now = Date.parse('2026-01-01T12:00:00.123Z');

export const minute = 60 * 1000;
export const hour = 60 * 60 * 1000;
export const day = 24 * hour;

/** A user with unchecked texts, so that tests can store more than the domain accepts. */
export const newUser = (
  username: string,
  { email = null, phone = null, passwordHash = '$hash$of$it' }: Partial<ContactAndHash> = {},
): NewUser => ({
  username: username as Username,
  email: email as Email | null,
  phone: phone as Phone | null,
  passwordHash: passwordHash as PasswordHash,
  createdAt: now,
});

interface ContactAndHash {
  readonly email: string | null;
  readonly phone: string | null;
  readonly passwordHash: string;
}

export const asChanges = (changes: Partial<ContactAndHash>) =>
  changes as { email?: Email | null; phone?: Phone | null; passwordHash?: PasswordHash };

export const session = (id: string, userId: UserId, overrides: Partial<Session> = {}): Session => ({
  id,
  userId,
  createdAt: now,
  lastUsedAt: now,
  expiresAt: now + hour,
  accessUntil: now + hour / 3,
  generation: 0,
  rotatedAt: null,
  ip: null,
  userAgent: null,
  endedAt: null,
  endReason: null,
  ...overrides,
});

/** Stores users of these names, in this order. */
export const addUsers = <const Names extends readonly string[]>(
  { storage }: Store,
  ...names: Names
): Promise<{ -readonly [Name in keyof Names]: User }> =>
  storage.atomically(async ({ users }) => {
    const added: User[] = [];
    for (const name of names) added.push((await users.add(newUser(name)))!);
    return added as never;
  });

type Identified = Pick<User, 'id'>;

/** Stores an active mentorship. */
export const begin = (mentorships: MentorshipRepository, mentee: Identified, mentor: Identified, at = now) =>
  mentorships.add(newLink({ menteeId: mentee.id, mentorId: mentor.id }, at));

/** Ends the mentee's active mentorship, if there is one. */
export const end = async (
  mentorships: MentorshipRepository,
  mentee: Identified,
  reason: ClosingReason,
  at = now,
): Promise<void> => {
  const active = await mentorships.activeOf(mentee.id);
  if (active) await mentorships.save(transition(active, 'ended', { by: 'service', reason, at }));
};

/** A request as the mentee sends it, to be stored. */
export const request = (mentee: Identified, mentor: Identified, overrides: Partial<NewMentorship> = {}) => ({
  ...newRequest(
    { menteeId: mentee.id, mentorId: mentor.id },
    { requestedBy: 'mentee', message: null, at: now, lifetime: 60 * 60 },
  ),
  ...overrides,
});

/** Runs one transaction that holds the lock of the graph. */
export const locked = <Result>(
  store: Store,
  work: (mentorships: MentorshipRepository) => Promise<Result>,
): Promise<Result> =>
  within(store, 'mentorships', async (mentorships) => {
    await mentorships.lockGraph(stoppedAt(now));
    return work(mentorships);
  });

/** Stores a mentorship under the lock of the graph. */
export const addMentorship = (store: Store, mentorship: NewMentorship): Promise<MentorshipId> =>
  locked(store, (mentorships) => mentorships.add(mentorship));

/** Changes the status of a stored mentorship, as a party that may do so, without changing any other. */
export const answer = (
  store: Store,
  id: MentorshipId,
  to: MentorshipStatus,
  reason: string | null = null,
  at = now,
): Promise<void> =>
  locked(store, async (mentorships) => {
    const mentorship = await mentorships.find(id);
    if (mentorship === null) throw new Error(`Mentorship ${id} does not exist.`);
    const by = allowedTransitions(mentorship.status, 'service').includes(to) ? 'service' : 'recipient';
    await mentorships.save(transition(mentorship, to, { by, reason, at }));
  });

/** The first page of users, at most 1,000. */
export const listUsers = async (
  { userDirectory }: Pick<Store, 'userDirectory'>,
  query: Partial<UserListQuery> = {},
): Promise<readonly UserListEntry[]> => (await userDirectory.list({ after: null, limit: 1000, ...query })).users;

/** The user's mentorships as stored, the newest first. */
export const mentorshipsOf = ({ mentorshipDirectory }: Store, { id }: Identified): Promise<NamedMentorship[]> =>
  mentorshipDirectory.list({ user: id, sides, statuses: mentorshipStatuses, now: 0, before: null, limit: 1000 });

/** Begins a mentorship under the lock of the graph. */
export const link = (store: Store, mentee: Identified, mentor: Identified): Promise<MentorshipId> =>
  locked(store, (mentorships) => begin(mentorships, mentee, mentor));

export const unlink = (store: Store, mentee: Identified): Promise<void> =>
  locked(store, (mentorships) => end(mentorships, mentee, 'removed'));

/** A part of a mentor profile. */
export type Profile = Partial<MentorProfile>;

export const setProfile = (store: Store, { id }: Identified, profile: Profile): Promise<boolean> =>
  within(store, 'users', (users) => users.change(id, profile));

export const detailOf = async ({ userDirectory }: Store, { id }: Pick<User, 'id'>): Promise<UserDetail> =>
  (await userDirectory.detail(id, 1000))!;

/** The account that a login with this name is checked against. */
export const accountOf = async ({ userDirectory }: Store, name: string): Promise<Credentials['account']> =>
  (await userDirectory.credentials(usernameKey(name), null)).account;

/** A login with this hash, from an unknown network. */
export const loginBy = (id: UserId, verified: string, overrides: Partial<Login> = {}): Login => ({
  id,
  verified: verified as PasswordHash,
  rehashed: null,
  network: null,
  at: now,
  ...overrides,
});

/** Runs one transaction on one repository. */
export const within = <Name extends keyof Repositories, Result>(
  { storage }: Store,
  name: Name,
  work: (repository: Repositories[Name]) => Promise<Result>,
): Promise<Result> => storage.atomically((repositories) => work(repositories[name]));

/** Texts with SQL syntax, and texts that a faulty store would fold, trim, truncate or misread. */
export const awkwardTexts: readonly string[] = [
  '',
  ' leading and trailing ',
  `'; DROP TABLE users; --`,
  `" OR ""="`,
  `it''s \\' quoted \\"`,
  '$1 ?1 :name @name %s %_ {}',
  'null',
  '0x1F',
  'line\r\nbreak\ttab\u0001\u001b[31m',
  'İstanbul ǅ ﬁ Å e\u0301 é',
  '\u202eright to left, zero\u200bwidth',
  '👩‍👩‍👧‍👦 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 \u{10ffff}',
  '__proto__',
  'long '.repeat(40_000),
];
