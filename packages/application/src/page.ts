/** How many entries a page has at most, and by default. */
export const maxPageSize = 1000;

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
