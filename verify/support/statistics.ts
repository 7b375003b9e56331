/** The quantile by nearest rank; NaN without values. */
export const quantile = (values: readonly number[], fraction: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The difference of the largest and the smallest value, as a fraction of the smallest. */
export const spread = (values: readonly number[]): number => Math.max(...values) / Math.min(...values) - 1;

/** Counts each value, sorted by the text of the values. */
export const tally = (values: readonly (string | number)[]): Map<string, number> =>
  new Map(
    [...Map.groupBy(values, String)]
      .map(([value, same]) => [value, same.length] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

/** `200 × 118, 401 × 140` */
export const inWords = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([value, count]) => `${value} × ${count}`).join(', ') || 'none';
