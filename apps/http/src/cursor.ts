import { InvalidValue, parseUserId, type UserId } from '@mentorship/domain';

/** A cursor is the last number of a page in a form that invites nobody to count with it. */
export const toCursor = (after: number): string => Buffer.from(`after:${after}`).toString('base64url');

/** Throws `InvalidValue` for text that `toCursor` never wrote. */
export const parseCursor = (cursor: string): UserId => {
  const after = parseUserId(
    Buffer.from(cursor, 'base64url')
      .toString()
      .replace(/^after:/, ''),
  );
  if (after === null || toCursor(after) !== cursor)
    throw new InvalidValue('invalid_cursor', 'Take the cursor from the Link header of the page before.');
  return after;
};
