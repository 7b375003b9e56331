import { maxDepth, maxPageSize } from '@mentorship/application';
import { InvalidValue, mentorshipStatuses, type MentorshipStatus } from '@mentorship/domain';

/** Reads a whole number from 1 to `max`, in plain decimal digits. The parser throws `InvalidValue`. */
const parseNumberUpTo =
  (max: number, code: string) =>
  (text: string): number => {
    const number = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : Number.NaN;
    if (!(number <= max)) throw new InvalidValue(code, `Send a whole number from 1 to ${max}.`);
    return number;
  };

/** Reads `limit`: the number of entries on a page. */
export const parsePageSize = parseNumberUpTo(maxPageSize, 'invalid_limit');

/** Reads `depth`: the number of levels of the tree. */
export const parseDepth = parseNumberUpTo(maxDepth, 'invalid_depth');

/** Reads `status`: statuses separated by commas, each returned once. Throws `InvalidValue`. */
export const parseStatuses = (text: string): MentorshipStatus[] => {
  const statuses = text.split(',').map((word) => mentorshipStatuses.find((status) => status === word.trim()));
  if (statuses.includes(undefined))
    throw new InvalidValue(
      'invalid_choice',
      `Send one or more of these, separated by commas: ${mentorshipStatuses.join(', ')}.`,
    );
  return [...new Set(statuses.filter((status) => status !== undefined))];
};
