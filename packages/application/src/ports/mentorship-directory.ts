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
  /** Those with a smaller id than this. */
  readonly before: number | null;
  readonly limit: number;
}

/** One link of the graph: an active mentorship, at the moment that was asked for. */
export interface GraphEdge {
  readonly mentorUsername: Username;
  readonly menteeId: UserId;
  readonly menteeUsername: Username;
  readonly startedAt: Instant;
  /** Whether the mentee is a mentor too. */
  readonly hasMentees: boolean;
}

interface GraphPage {
  readonly at: Instant;
  /** Those of mentees with a larger id than this. */
  readonly after: number;
  readonly limit: number;
}

/** Read views of mentorships. */
export interface MentorshipDirectory {
  /** The moment of the last change that is written down; null before the first. All that comes later has a later moment. */
  lastChange(): Promise<Instant | null>;
  find(id: MentorshipId): Promise<NamedMentorship | null>;
  /** The user's own on these sides and in these statuses, as they are seen now; the newest first. */
  list(
    query: Page & {
      readonly user: UserId;
      readonly sides: readonly Side[];
      readonly statuses: readonly MentorshipStatus[];
      readonly now: Instant;
    },
  ): Promise<NamedMentorship[]>;
  /** What there has been between the two, whoever mentored whom; the newest first. */
  between(query: Page & { readonly users: readonly [UserId, UserId] }): Promise<NamedMentorship[]>;
  /** The mentees that a mentor had at a moment, by ascending id. */
  mentees(query: GraphPage & { readonly mentor: UserId }): Promise<GraphEdge[]>;
  /** Who mentored whom at a moment, everyone, by ascending id of the mentee. */
  links(query: GraphPage): Promise<GraphEdge[]>;
}
