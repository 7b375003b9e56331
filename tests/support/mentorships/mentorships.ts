import type { MentorshipPage } from '@mentorship/application';
import type { MentorshipId, MentorshipStatus, NamedMentorship, Side } from '@mentorship/domain';
import type { Member, TestApplication } from '../test-application.ts';

interface Change {
  readonly reason?: string | null;
  readonly versions?: readonly number[] | null;
}

export interface MentorshipQuery {
  readonly role?: Side;
  readonly statuses?: readonly MentorshipStatus[];
  readonly limit?: number;
  readonly before?: number | null;
}

type Identified = Pick<NamedMentorship, 'id'>;
type Named = Pick<Member, 'username'>;

/** The mentorship use cases as short calls by members. */
export const mentorshipsIn = (app: TestApplication) => ({
  ask: ({ actor }: Member, mentor: Named, message?: string | null): Promise<NamedMentorship> =>
    app.requestMentorship({ actor, request: { mentor: mentor.username, message } }),
  offer: ({ actor }: Member, mentee: Named, message?: string | null): Promise<NamedMentorship> =>
    app.requestMentorship({ actor, request: { mentee: mentee.username, message } }),
  change: (
    { actor }: Member,
    { id }: Identified,
    status: MentorshipStatus,
    { reason, versions = null }: Change = {},
  ): Promise<NamedMentorship> =>
    app.changeMentorship({
      actor,
      mentorshipId: id,
      change: { status, reason },
      accepts: versions && ((version) => versions.includes(version)),
    }),
  view: ({ actor }: Member, { id }: Identified): Promise<NamedMentorship> =>
    app.viewMentorship({ actor, mentorshipId: id }),
  /** The first page of the member's mentorships. */
  list: async ({ actor }: Member, query: MentorshipQuery = {}): Promise<readonly NamedMentorship[]> =>
    (await app.listMentorships({ actor, ...query })).mentorships,
  /** The first page of the history between two members. */
  between: async ({ actor }: Member, other: Pick<Member, 'id'>): Promise<readonly NamedMentorship[]> =>
    (await app.viewHistory({ actor, userId: other.id })).mentorships,
  /** The current graph, as pairs of names. */
  links: async (): Promise<string[]> =>
    (await app.viewGraph({})).edges.map(
      ({ mentorUsername, menteeUsername }) => `${mentorUsername} > ${menteeUsername}`,
    ),
});

export type Mentorships = ReturnType<typeof mentorshipsIn>;

/** The ids on each page, from the first page to the last. */
export const pagesOf = async (read: (before: number | null) => Promise<MentorshipPage>): Promise<MentorshipId[][]> => {
  const pages: MentorshipId[][] = [];
  let before: number | null = null;
  do {
    const { mentorships, next } = await read(before);
    pages.push(mentorships.map(({ id }) => id));
    before = next;
  } while (before !== null && pages.length < 200);
  return pages;
};

/** All stored mentorships by ascending id, with overdue requests as they are stored. */
export const storedIn = ({ ports: { storage } }: TestApplication): Promise<NamedMentorship[]> =>
  storage.atomically(async ({ mentorships }) => {
    const found: NamedMentorship[] = [];
    for (let id = 1, one; (one = await mentorships.find(id as MentorshipId)); id += 1) found.push(one);
    return found;
  });

/** Everything that these members see of users and mentorships, and the stored mentorships. */
export const everythingIn = async (app: TestApplication, members: readonly Member[]) => ({
  users: await app.listUsers({ withMentoring: true }),
  graph: (await app.viewGraph({})).edges,
  details: await Promise.all(members.map((member) => app.own(member))),
  lists: await Promise.all(members.map(({ actor }) => app.listMentorships({ actor }))),
  events: await Promise.all(members.map(({ actor }) => app.listEvents({ actor }))),
  stored: await storedIn(app),
});
