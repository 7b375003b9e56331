/** The entity-tag of a version (RFC 9110, section 8.8.3). */
export const toEntityTag = (version: number): string => `"${version}"`;

/**
 * The versions that an If-Match header lists (RFC 9110, section 13.1.1); null for no header and for `*`, which every
 * version matches. Leaves out weak tags and any other tag that `toEntityTag` does not return: none of them can match.
 */
export const versionsOf = (ifMatch: string | undefined): number[] | null => {
  if (ifMatch === undefined || ifMatch.trim() === '*') return null;
  return ifMatch.split(',').flatMap((tag) => {
    const [, version] = /^"([1-9]\d{0,9})"$/.exec(tag.trim()) ?? [];
    return version === undefined ? [] : [Number(version)];
  });
};
