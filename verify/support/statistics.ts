/** The smallest of the values that at least this share of them does not exceed (nearest rank). NaN when there are none. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** By how much the largest exceeds the smallest, as a share of the smallest. */
export const spread = (values: readonly number[]): number => Math.max(...values) / Math.min(...values) - 1;

/** How often each value is there, in the order of the values' text. */
export const tally = (values: readonly (string | number)[]): Map<string, number> =>
  new Map(
    [...Map.groupBy(values, String)]
      .map(([value, same]) => [value, same.length] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

/** `200 × 118, 401 × 140` */
export const inWords = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([value, count]) => `${value} × ${count}`).join(', ') || 'none';
