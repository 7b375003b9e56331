import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

type Preconditions = Pick<IncomingHttpHeaders, 'if-match' | 'if-none-match'>;

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

/**
 * Whether If-None-Match lists this state: by weak comparison (RFC 9110, section 13.1.2). A tag with the suffix of a proxy
 * is another tag: its cache gets the complete response, which is never wrong.
 */
export const matchesIfNoneMatch = (ifNoneMatch: string | undefined, etag: string): boolean => {
  const tags = ifNoneMatch === undefined ? [] : parseTags(ifNoneMatch);
  return tags === '*' || tags.some(({ opaque }) => opaque === etag);
};

/** What a request requires of the state that it changes; null if it requires nothing (RFC 9110, section 13.2.2). */
export const preconditionOf = (headers: Preconditions): ((etag: string) => boolean) | null => {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  if (ifMatch === undefined && ifNoneMatch === undefined) return null;
  return (etag) => passesIfMatch(ifMatch, etag) && !matchesIfNoneMatch(ifNoneMatch, etag);
};

/** One of our tags with the suffix of a proxy that compresses: Apache appends `-gzip`, Jetty `--gzip`, others `;gzip`. */
const suffixed = /^"(?:[\w-]{22}|[1-9]\d{0,9})(?:--?|;)(?:gzip|br|deflate|zstd)"$/;

/** Whether If-Match lists a tag that a proxy has altered, which never matches: the service sends no such tag. */
export const listsAlteredTag = (ifMatch = ''): boolean => {
  const tags = parseTags(ifMatch);
  return tags !== '*' && tags.some(({ weak, opaque }) => weak || suffixed.test(opaque));
};
