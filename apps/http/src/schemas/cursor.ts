import { maxDepth } from '@mentorship/application';
import { InvalidValue, maxUserId, type UserId } from '@mentorship/domain';

/** A cursor is the last id of a page, or a path of ids, encoded so that clients do not compute with it. */
export const toCursor = (...after: readonly number[]): string =>
  Buffer.from(`after:${after.join('.')}`).toString('base64url');

/** Throws `InvalidValue` for text that is not `toCursor` of 1 to `maxLength` ids from 1 to `maxId`. */
const parseCursorUpTo =
  (maxId: number, maxLength = 1) =>
  (cursor: string): number[] => {
    const text = Buffer.from(cursor, 'base64url')
      .toString()
      .replace(/^after:/, '');
    const after = text.split('.', maxLength + 1).map(Number);
    const isValid =
      after.length <= maxLength && after.every((id) => Number.isSafeInteger(id) && id >= 1 && id <= maxId);
    if (!isValid || toCursor(...after) !== cursor)
      throw new InvalidValue('invalid_cursor', 'Take the cursor from the Link header of the previous page.');
    return after;
  };

const parseOneUpTo =
  (maxId: number) =>
  (cursor: string): number =>
    parseCursorUpTo(maxId)(cursor)[0] ?? 0;

export const parseUserCursor = parseOneUpTo(maxUserId);
export const parseEventCursor = parseOneUpTo(Number.MAX_SAFE_INTEGER);
export const parseMentorshipCursor = parseOneUpTo(maxUserId);
export const parseGraphCursor = (cursor: string): UserId[] => parseCursorUpTo(maxUserId, maxDepth)(cursor) as UserId[];
