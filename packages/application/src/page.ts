import { InvalidValue } from '@mentorship/domain';

/** The most entries a page has, and how many it has unless asked for fewer. */
export const maxPageSize = 1000;

/** Reads how many entries a page shall have. Throws `InvalidValue`. */
export const parsePageSize = (text: string): number => {
  const size = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : Number.NaN;
  if (!(size <= maxPageSize)) throw new InvalidValue('invalid_limit', `Send a whole number from 1 to ${maxPageSize}.`);
  return size;
};

/** Finds one entry more than the page has, which tells whether there is a `next`: the id of the last entry, to go on from. */
export const takePage = async <Entry extends { readonly id: number }>(
  limit: number,
  find: (limit: number) => Promise<readonly Entry[]>,
): Promise<{ entries: readonly Entry[]; next: Entry['id'] | null }> => {
  const size = Math.min(limit, maxPageSize);
  const found = await find(size + 1);
  const entries = found.slice(0, size);
  return { entries, next: found.length > size ? (entries.at(-1)?.id ?? null) : null };
};
