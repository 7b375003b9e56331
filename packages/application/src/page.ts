/** How many entries a page has at most, and by default. */
export const maxPageSize = 1000;

/**
 * How many users a page of a search examines at most. Few of them may match, and one query holds SQLite's only thread
 * until it ends; at this number for less than 20 ms.
 */
export const maxExamined = 1500;

/** Takes one page. It reads one entry more to learn whether there is a next page, which begins after the id `next`. */
export const takePage = async <Entry extends { readonly id: number }>(
  limit: number,
  find: (limit: number) => Promise<readonly Entry[]>,
): Promise<{ entries: readonly Entry[]; next: Entry['id'] | null }> => {
  const size = Math.min(limit, maxPageSize);
  const found = await find(size + 1);
  const entries = found.slice(0, size);
  return { entries, next: found.length > size ? (entries.at(-1)?.id ?? null) : null };
};
