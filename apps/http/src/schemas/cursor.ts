import { maxDepth } from '@mentorship/application';
import { InvalidValue, maxUserId, type UserId } from '@mentorship/domain';

/** A cursor is the last number of a page, or a path of them, in a form that invites nobody to count with it. */
export const toCursor = (...after: readonly number[]): string =>
  Buffer.from(`after:${after.join('.')}`).toString('base64url');

/** Throws `InvalidValue` for text that `toCursor` never wrote for such numbers. */
const parseCursorUpTo =
  (largest: number, most = 1) =>
  (cursor: string): number[] => {
    const text = Buffer.from(cursor, 'base64url')
      .toString()
      .replace(/^after:/, '');
    const after = text.split('.', most + 1).map(Number);
    const good = after.length <= most && after.every((one) => Number.isSafeInteger(one) && one >= 1 && one <= largest);
    if (!good || toCursor(...after) !== cursor)
      throw new InvalidValue('invalid_cursor', 'Take the cursor from the Link header of the page before.');
    return after;
  };

const parseOneUpTo =
  (largest: number) =>
  (cursor: string): number =>
    parseCursorUpTo(largest)(cursor)[0] ?? 0;

export const parseUserCursor = parseOneUpTo(maxUserId);
export const parseEventCursor = parseOneUpTo(Number.MAX_SAFE_INTEGER);
export const parseMentorshipCursor = parseOneUpTo(maxUserId);
export const parseGraphCursor = (cursor: string): UserId[] => parseCursorUpTo(maxUserId, maxDepth)(cursor) as UserId[];
