import type { Brand } from './brand.ts';
import { InvalidValue } from './failure.ts';
import type { MentorshipStatus } from './mentorship-status.ts';
import { proseParser } from './text.ts';
import { fromSeconds, type Instant, type Seconds } from './time.ts';
import { parseUserId, type UserId, type Username } from './user.ts';

export const sides = ['mentor', 'mentee'] as const;
export type Side = (typeof sides)[number];

/** 1 to 2^31 - 1, assigned by the store in ascending order. */
export type MentorshipId = Brand<number, 'MentorshipId'>;

/**
 * The service's reasons for closing a mentorship: another mentor replaced it, the mentee removed it, the mentee found
 * another mentor before a request was answered, or one of the two accounts ended.
 */
export const closingReasons = ['replaced', 'removed', 'matched', 'account_ended'] as const;
export type ClosingReason = (typeof closingReasons)[number];

/** One mentee and one mentor, from the request to the end. A mentee has at most one active mentorship. */
export interface Mentorship {
  readonly id: MentorshipId;
  readonly menteeId: UserId;
  readonly mentorId: UserId;
  readonly status: MentorshipStatus;
  readonly requestedBy: Side;
  readonly message: string | null;
  /** The reason of the last change of status: the user's text, or a `ClosingReason`. */
  readonly reason: string | null;
  readonly createdAt: Instant;
  /** When an unanswered request expires; null for a mentorship without a request. */
  readonly expiresAt: Instant | null;
  /** null until it becomes active. */
  readonly startedAt: Instant | null;
  /** null while it is requested or active. */
  readonly endedAt: Instant | null;
  /** Starts at 1 and grows by 1 with each change. */
  readonly version: number;
}

export type NewMentorship = Omit<Mentorship, 'id'>;

/** A mentorship with the names of its two sides. */
export interface NamedMentorship extends Mentorship {
  readonly mentorUsername: Username;
  readonly menteeUsername: Username;
}

interface Pair {
  readonly menteeId: UserId;
  readonly mentorId: UserId;
}

const initial = { reason: null, startedAt: null, endedAt: null, version: 1 };

/** A request that is open from `at`, for `lifetime` seconds. */
export const newRequest = (
  pair: Pair,
  {
    requestedBy,
    message,
    at,
    lifetime,
  }: Pick<Mentorship, 'requestedBy' | 'message'> & { at: Instant; lifetime: Seconds },
): NewMentorship => ({
  ...pair,
  ...initial,
  status: 'requested',
  requestedBy,
  message,
  createdAt: at,
  expiresAt: at + fromSeconds(lifetime),
});

/** The mentorship of a mentee who names a mentor: active from `at`. */
export const newLink = (pair: Pair, at: Instant): NewMentorship => ({
  ...pair,
  ...initial,
  status: 'active',
  requestedBy: 'mentee',
  message: null,
  createdAt: at,
  expiresAt: null,
  startedAt: at,
});

/** Which side the user is on; null for a user outside the mentorship. */
export const sideOf = ({ mentorId, menteeId }: Pair, user: UserId): Side | null => {
  if (user === mentorId) return 'mentor';
  return user === menteeId ? 'mentee' : null;
};

/** Of a message and of a reason, in code points. */
const maxMessageLength = 2000;

/** Reads a message from one side to the other. Throws `InvalidValue`. */
export const parseMessage = proseParser(maxMessageLength);

/**
 * Reads a user's reason for a change of status. Throws `InvalidValue`, also for a `ClosingReason`, which only the
 * service may give.
 */
export const parseReason = (text: string): string => {
  const reason = parseMessage(text);
  if (closingReasons.some((closing) => closing === reason.trim()))
    throw new InvalidValue(
      'reserved_reason',
      'The service uses this word for its own reasons. Describe your reason in other words.',
    );
  return reason;
};

/** Reads an id as written in a URL; null for text that cannot be an id. */
export const parseMentorshipId = (text: string): MentorshipId | null =>
  parseUserId(text) as number | null as MentorshipId | null;
