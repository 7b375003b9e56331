import {
  InvalidValue,
  optional,
  parseBio,
  parseEmail,
  parsePassword,
  parsePhone,
  parseReason,
  parseSkill,
  parseText,
  parseUsername,
  parseMessage,
  type PasswordPolicy,
} from '@mentorship/domain';
import { parseEventCursor, parseGraphCursor, parseMentorshipCursor, parseUserCursor } from './cursor.ts';
import { parseTimestamp } from './timestamp.ts';
import { parseDepth, parsePageSize, parseStatuses } from './query-values.ts';

export type Formats = Readonly<Record<string, (text: string) => unknown>>;

/** The `format`s of our schemas are the domain's parsers, so that one problem names every invalid field. */
export const createFormats = (policy: PasswordPolicy): Formats => ({
  username: parseUsername,
  'new-password': (text) => parsePassword(text, policy),
  'email-address': optional(parseEmail),
  phone: optional(parsePhone),
  text: parseText,
  'page-size': parsePageSize,
  'user-cursor': parseUserCursor,
  'event-cursor': parseEventCursor,
  'mentorship-cursor': parseMentorshipCursor,
  'graph-cursor': parseGraphCursor,
  bio: optional(parseBio),
  skill: parseSkill,
  words: optional(parseMessage),
  reason: optional(parseReason),
  statuses: parseStatuses,
  depth: parseDepth,
  timestamp: parseTimestamp,
});

/** The error of a text that does not match the format; null when it matches. */
export const formatError = (formats: Formats, format: string, text: string): InvalidValue | null => {
  try {
    formats[format]?.(text);
    return null;
  } catch (error) {
    if (error instanceof InvalidValue) return error;
    throw error;
  }
};
