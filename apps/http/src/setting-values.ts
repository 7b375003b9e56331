import { listOf, type Read } from '@mentorship/adapters/environment';
import proxyAddr from '@fastify/proxy-addr';

/** The library accepts abbreviated addresses too: `1` would be 0.0.0.1, but the operator means a number of hops. */
const isAbbreviated = (entry: string): boolean =>
  /^[\da-fx.]+(\/|$)/i.test(entry) && !/^\d+(\.\d+){3}(\/|$)/.test(entry);

/** Reads `none`, or addresses and networks of proxies separated by commas. */
export const proxies: Read<string[]> = (text) => {
  const entries = listOf(text);
  try {
    proxyAddr.compile(entries);
    if (!entries.some(isAbbreviated)) return entries;
  } catch {
    // Rejected below.
  }
  throw new Error(
    'must be none, or the addresses or networks of your proxies, such as 10.0.0.5 or 10.0.0.0/8, separated by commas (loopback and uniquelocal name those networks)',
  );
};

/**
 * The origin of a URL as a browser sends it (RFC 6454, section 6.2), also of schemes that only apps use, whose `origin`
 * the URL class does not know; null for a URL that has none. A `*` in it would match nothing.
 */
const originOf = (entry: string): string | null => {
  const [, scheme = '', rest = ''] = /^([a-z][a-z\d+.-]*):\/\/([^*]+)$/i.exec(entry) ?? [];
  if (scheme === '' || scheme.toLowerCase() === 'file' || !URL.canParse(entry)) return null;
  // The URL class would percent-encode such a host of an unknown scheme.
  const ascii = /^[\x21-\x7e]+$/.test(rest) ? entry : `https://${rest}`;
  const host = URL.canParse(ascii) ? new URL(ascii).host : '';
  return host === '' ? null : `${scheme.toLowerCase()}://${host}`;
};

/** Reads `none`, or the origins of web pages and apps separated by commas. */
export const origins: Read<string[]> = (text) => {
  const entries = listOf(text);
  const wrong = entries.find((entry) => originOf(entry) !== entry);
  if (wrong === undefined) return entries;
  const origin = originOf(wrong);
  const hint = origin === null ? '' : `: write ${origin}`;
  throw new Error(
    `must be none, or origins such as https://app.example.org or capacitor://localhost, separated by commas, as browsers send them, with nothing after the host${hint}`,
  );
};
