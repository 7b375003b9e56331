import { hash } from 'node:crypto';

interface EntityTag {
  readonly weak: boolean;
  /** With its quotes. */
  readonly opaque: string;
}

/** The entity-tag of a version (RFC 9110, section 8.8.3). */
export const toEntityTag = (version: number): string => `"${version}"`;

/** The entity-tag of a representation without a version: a hash of it. */
export const hashEntityTag = (body: object): string =>
  `"${hash('sha256', JSON.stringify(body), 'base64url').slice(0, 22)}"`;

/** One element of a list of entity-tags, which may be empty (RFC 9110, sections 5.6.1 and 8.8.3). */
const element = /[ \t]*(?:(W\/)?("[!\x23-\x7e\x80-\xff]*"))?[ \t]*(?:,|$)/y;

/** The tags of If-Match or If-None-Match; `*` for any; none for a malformed value, which matches nothing. */
const parseTags = (value: string): '*' | readonly EntityTag[] => {
  if (value.trim() === '*') return '*';
  const tags: EntityTag[] = [];
  for (element.lastIndex = 0; element.lastIndex < value.length;) {
    const found = element.exec(value);
    if (found === null) return [];
    if (found[2] !== undefined) tags.push({ weak: found[1] !== undefined, opaque: found[2] });
  }
  return tags;
};

/** Whether If-Match lets a request for this state pass: by strong comparison (RFC 9110, section 13.1.1). */
export const passesIfMatch = (ifMatch: string | undefined, etag: string): boolean => {
  const tags = ifMatch === undefined ? '*' : parseTags(ifMatch);
  return tags === '*' || tags.some(({ weak, opaque }) => !weak && opaque === etag);
};

/** Whether If-None-Match lists this state: by weak comparison (RFC 9110, section 13.1.2). */
export const matchesIfNoneMatch = (ifNoneMatch: string | undefined, etag: string): boolean => {
  const tags = ifNoneMatch === undefined ? [] : parseTags(ifNoneMatch);
  return tags === '*' || tags.some(({ opaque }) => opaque === etag);
};

/** Whether If-Match lists a weak tag, which never matches. The service sends none: a proxy weakened it. */
export const listsWeakTag = (ifMatch = ''): boolean => {
  const tags = parseTags(ifMatch);
  return tags !== '*' && tags.some(({ weak }) => weak);
};

/** The versions that an If-Match header lists; null for no header and for `*`, which every version matches. */
export const versionsOf = (ifMatch: string | undefined): number[] | null => {
  const tags = ifMatch === undefined ? '*' : parseTags(ifMatch);
  if (tags === '*') return null;
  return tags.flatMap(({ weak, opaque }) => {
    const [, version] = /^"([1-9]\d{0,9})"$/.exec(opaque) ?? [];
    return weak || version === undefined ? [] : [Number(version)];
  });
};
