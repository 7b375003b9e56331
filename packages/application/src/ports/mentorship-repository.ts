import type { Instant, MentorshipEndReason, UserId } from '@mentorship/domain';

/** Who mentors whom, open and ended. */
export interface MentorshipRepository {
  /** Makes this transaction the only one that changes links until it ends. Comes before every other call below. */
  lockGraph(): Promise<void>;
  /** The mentor of the mentee's open mentorship. */
  mentorOf(mentee: UserId): Promise<UserId | null>;
  /** Everyone who mentors this user, directly or over others, nearest first. */
  mentorsAbove(user: UserId): Promise<UserId[]>;
  begin(mentorship: { mentee: UserId; mentor: UserId; at: Instant }): Promise<void>;
  /** Ends the mentee's open mentorship. */
  end(mentorship: { mentee: UserId; reason: MentorshipEndReason; at: Instant }): Promise<void>;
  /** Ends every open mentorship of the user, as a mentee and as a mentor. */
  endAll(of: { user: UserId; reason: MentorshipEndReason; at: Instant }): Promise<void>;
}
