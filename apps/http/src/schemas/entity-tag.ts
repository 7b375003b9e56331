/** The entity-tag of a version (RFC 9110, section 8.8.3). */
export const toEntityTag = (version: number): string => `"${version}"`;

/**
 * The versions that an If-Match means (RFC 9110, section 13.1.1); null without one, and for `*`, which any version is.
 * A tag that we never gave out, a weak one among them, is no version: the condition is false unless another one holds.
 */
export const versionsOf = (ifMatch: string | undefined): number[] | null => {
  if (ifMatch === undefined || ifMatch.trim() === '*') return null;
  return ifMatch.split(',').flatMap((tag) => {
    const [, version] = /^"([1-9]\d{0,9})"$/.exec(tag.trim()) ?? [];
    return version === undefined ? [] : [Number(version)];
  });
};
