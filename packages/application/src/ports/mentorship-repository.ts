import type {
  ClosingReason,
  Instant,
  Mentorship,
  MentorshipId,
  NamedMentorship,
  NewMentorship,
  Side,
  UserId,
} from '@mentorship/domain';
import type { Clock } from './clock.ts';

/** Mentorships and requests, open and closed, for the use cases that write. */
export interface MentorshipRepository {
  /**
   * Locks out other transactions that change mentorships until this one ends. Call it before every other method but
   * `pruneMessages`.
   * Resolves to the timestamp of this transaction: now, or one millisecond after the previous transaction's if that is
   * later. Timestamps are unique and ascend in commit order, so the state as of a readable timestamp never changes.
   */
  lockGraph(clock: Clock): Promise<Instant>;
  find(id: MentorshipId): Promise<NamedMentorship | null>;
  /** The mentee's active mentorship; null without one. */
  activeOf(mentee: UserId): Promise<Mentorship | null>;
  /** The request of this pair with the stored status `requested`; it may be overdue. */
  openRequest(pair: { mentee: UserId; mentor: UserId }): Promise<Mentorship | null>;
  /** How many requests that the user has sent as this side are open at `at`; overdue ones are not. */
  countSentRequests(sender: { user: UserId; side: Side; at: Instant }): Promise<number>;
  /** The number of the mentor's active mentees. */
  countMentees(mentor: UserId): Promise<number>;
  /** Everyone who mentors this user, directly or indirectly, nearest first. */
  mentorsAbove(user: UserId): Promise<UserId[]>;
  /**
   * Stores a mentorship under the next id. Throws for a second active one of the mentee, or a second open request of
   * the pair.
   */
  add(mentorship: NewMentorship): Promise<MentorshipId>;
  /** Writes the next version of a mentorship after a transition. Throws for any other version. */
  save(mentorship: Mentorship): Promise<void>;
  /** Stores the expiry of the mentee's overdue requests. */
  expireRequests(input: { mentee: UserId; at: Instant }): Promise<void>;
  /** Cancels all open requests by and to the mentee; overdue ones expire instead. */
  cancelRequests(input: { mentee: UserId; reason: ClosingReason; at: Instant }): Promise<void>;
  /**
   * Closes the user's mentorships on both sides: ends active ones, cancels open requests; overdue requests expire
   * instead.
   */
  closeAll(input: { user: UserId; reason: ClosingReason; at: Instant }): Promise<void>;
  /** Erases messages and reasons of both sides in the user's mentorships; a `ClosingReason` stays. */
  eraseMessages(user: UserId): Promise<void>;
  /**
   * Erases the messages and reasons of a bounded number of requests that came to nothing by then; a `ClosingReason`
   * stays. Resolves to the number of these requests.
   */
  pruneMessages(by: Instant): Promise<number>;
}
