import type {
  Instant,
  MentorshipId,
  MentorshipStatus,
  NamedMentorship,
  Side,
  UserId,
  Username,
} from '@mentorship/domain';

interface Page {
  /** Only ids below this one; null for the first page. */
  readonly before: number | null;
  readonly limit: number;
}

/** An edge of the graph: a mentorship that was active at the timestamp of the query. */
export interface GraphEdge {
  readonly mentorUsername: Username;
  readonly menteeId: UserId;
  readonly menteeUsername: Username;
  readonly startedAt: Instant;
  /** Whether the mentee has mentees too. */
  readonly hasMentees: boolean;
}

interface GraphPage {
  readonly at: Instant;
  /** Only mentees with ids above this one; 0 for the first page. */
  readonly after: number;
  readonly limit: number;
}

export interface LinkPage {
  readonly edges: readonly GraphEdge[];
  /** The next page begins after this mentee; null on the last page. */
  readonly next: UserId | null;
}

/** Reads mentorships for display. */
export interface MentorshipDirectory {
  /** The timestamp of the last committed change; null before the first. Every later change gets a later timestamp. */
  lastChange(): Promise<Instant | null>;
  find(id: MentorshipId): Promise<NamedMentorship | null>;
  /** The user's mentorships on these sides and with these statuses as of `now`; the newest first. */
  list(
    query: Page & {
      readonly user: UserId;
      readonly sides: readonly Side[];
      readonly statuses: readonly MentorshipStatus[];
      readonly now: Instant;
    },
  ): Promise<NamedMentorship[]>;
  /** All mentorships and requests between two users, in either direction; the newest first. */
  between(query: Page & { readonly users: readonly [UserId, UserId] }): Promise<NamedMentorship[]>;
  /** The mentees of a mentor as of a timestamp, by ascending id. */
  mentees(query: GraphPage & { readonly mentor: UserId }): Promise<GraphEdge[]>;
  /**
   * All edges of the graph as of a timestamp, by ascending id of the mentee; fewer than `limit`, even none, also when
   * the page has examined the mentorships that it may: `maxExamined`, or `examine`.
   */
  links(query: GraphPage & { readonly examine?: number }): Promise<LinkPage>;
}
