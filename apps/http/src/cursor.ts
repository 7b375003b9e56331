import { InvalidValue, largestUserId } from '@mentorship/domain';

/** A cursor is the last number of a page in a form that invites nobody to count with it. */
export const toCursor = (after: number): string => Buffer.from(`after:${after}`).toString('base64url');

/** Throws `InvalidValue` for text that `toCursor` never wrote for such a number. */
const parseCursorUpTo =
  (largest: number) =>
  (cursor: string): number => {
    const after = Number(
      Buffer.from(cursor, 'base64url')
        .toString()
        .replace(/^after:/, ''),
    );
    if (!Number.isSafeInteger(after) || after < 1 || after > largest || toCursor(after) !== cursor)
      throw new InvalidValue('invalid_cursor', 'Take the cursor from the Link header of the page before.');
    return after;
  };

export const parseUserCursor = parseCursorUpTo(largestUserId);
export const parseEventCursor = parseCursorUpTo(Number.MAX_SAFE_INTEGER);
