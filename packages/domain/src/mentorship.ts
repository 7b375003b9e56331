import type { Brand } from './brand.ts';
import { InvalidValue } from './failure.ts';
import type { MentorshipStatus } from './mentorship-status.ts';
import { proseParser } from './text.ts';
import { fromSeconds, type Instant, type Seconds } from './time.ts';
import { parseUserId, type UserId, type Username } from './user.ts';

export const sides = ['mentor', 'mentee'] as const;
export type Side = (typeof sides)[number];

/** 1 to 2^31 - 1, given out in ascending order by the store. */
export type MentorshipId = Brand<number, 'MentorshipId'>;

/**
 * Why a mentorship is over where nobody gave a reason of their own: another mentor took its place, the mentee removed
 * it, the mentee has found a mentor elsewhere, or one of the two accounts ended.
 */
export const closingReasons = ['replaced', 'removed', 'matched', 'account_ended'] as const;
export type ClosingReason = (typeof closingReasons)[number];

/** A mentee and a mentor, from the first word to the last. A mentee has at most one that is active. */
export interface Mentorship {
  readonly id: MentorshipId;
  readonly menteeId: UserId;
  readonly mentorId: UserId;
  readonly status: MentorshipStatus;
  readonly requestedBy: Side;
  readonly message: string | null;
  /** Of the last change of status: what its author gave, or a `ClosingReason`. */
  readonly reason: string | null;
  readonly createdAt: Instant;
  /** When the request runs out unless it is answered; null where nobody asked. */
  readonly expiresAt: Instant | null;
  /** null unless it has been active. */
  readonly startedAt: Instant | null;
  /** null while it is requested or active. */
  readonly endedAt: Instant | null;
  /** 1, and one more with each change. */
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

const unbegun = { reason: null, startedAt: null, endedAt: null, version: 1 };

/** A request that is open from now on, for so long. */
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
  ...unbegun,
  status: 'requested',
  requestedBy,
  message,
  createdAt: at,
  expiresAt: at + fromSeconds(lifetime),
});

/** The mentorship of a mentee who names a mentor: active from now on. */
export const newLink = (pair: Pair, at: Instant): NewMentorship => ({
  ...pair,
  ...unbegun,
  status: 'active',
  requestedBy: 'mentee',
  message: null,
  createdAt: at,
  expiresAt: null,
  startedAt: at,
});

/** Which side the user is on; null for a stranger. */
export const sideOf = ({ mentorId, menteeId }: Pair, user: UserId): Side | null => {
  if (user === mentorId) return 'mentor';
  return user === menteeId ? 'mentee' : null;
};

/** The longest message, and the longest reason, in code points. */
const longestWords = 2000;

/** Reads what one side says to the other. Throws `InvalidValue`. */
export const parseMessage = proseParser(longestWords);

/** Reads why somebody changes a status: no `ClosingReason`, which says what the service has done. Throws `InvalidValue`. */
export const parseReason = (text: string): string => {
  const words = parseMessage(text);
  if (closingReasons.some((reason) => reason === words.trim()))
    throw new InvalidValue(
      'reserved_reason',
      'This word stands for a reason of the service. Say it in your own words.',
    );
  return words;
};

/** Reads an id as written in a URL; null for anything that no mentorship can have. */
export const parseMentorshipId = (text: string): MentorshipId | null =>
  parseUserId(text) as number | null as MentorshipId | null;
