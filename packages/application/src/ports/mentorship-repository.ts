import type {
  ClosingReason,
  Instant,
  Mentorship,
  MentorshipId,
  NamedMentorship,
  NewMentorship,
  UserId,
} from '@mentorship/domain';
import type { Clock } from './clock.ts';

/** Who mentors whom and who has asked whom, open and over. */
export interface MentorshipRepository {
  /**
   * Makes this transaction the only one that changes mentorships until it ends. Comes before every other call below.
   * Resolves to the moment of this transaction, which no other has: it is now, or a millisecond after the one before when
   * that is later. So the history is in the order in which it was written, and of a moment that can be read all is written.
   */
  lockGraph(clock: Clock): Promise<Instant>;
  find(id: MentorshipId): Promise<NamedMentorship | null>;
  /** The mentee's active mentorship. */
  activeOf(mentee: UserId): Promise<Mentorship | null>;
  /** The request of this pair that nobody has answered or written off as expired. */
  openRequest(pair: { mentee: UserId; mentor: UserId }): Promise<Mentorship | null>;
  /** How many requests that the mentee has sent nobody has answered or written off as expired. */
  countSentRequests(mentee: UserId): Promise<number>;
  /** How many active mentees the mentor has. */
  countMentees(mentor: UserId): Promise<number>;
  /** Everyone who mentors this user, directly or over others, nearest first. */
  mentorsAbove(user: UserId): Promise<UserId[]>;
  /** Stores a mentorship under the next id. A second one that is active for the mentee, or open for the pair, is a fault. */
  add(mentorship: NewMentorship): Promise<MentorshipId>;
  /** Writes the next version of a mentorship: what a transition changes. To write any other is a fault. */
  save(mentorship: Mentorship): Promise<void>;
  /** Writes off the mentee's open requests whose time is over. */
  expireRequests(of: { mentee: UserId; at: Instant }): Promise<void>;
  /** Cancels all other open requests to and of the mentee; those whose time is over have expired. */
  cancelRequests(of: { mentee: UserId; reason: ClosingReason; at: Instant }): Promise<void>;
  /** Closes everything open that the user is part of, on either side: what is active ends, requests are cancelled or have expired. */
  closeAll(of: { user: UserId; reason: ClosingReason; at: Instant }): Promise<void>;
  /** Erases what was said in the user's mentorships, by either side; a `ClosingReason` stays. */
  eraseMessages(user: UserId): Promise<void>;
}
