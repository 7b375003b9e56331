/** How many entries a page has at most, and by default. */
export const maxPageSize = 1000;

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
