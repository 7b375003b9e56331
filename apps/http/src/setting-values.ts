import type { Read } from '@mentorship/adapters/environment';
import proxyAddr from '@fastify/proxy-addr';

const parseList = (text: string): string[] =>
  text === 'none' ? [] : [...new Set(text.split(',').map((entry) => entry.trim()))];

/** The library accepts abbreviated addresses too: `1` would be 0.0.0.1, but the operator means a number of hops. */
const isAbbreviated = (entry: string): boolean =>
  /^[\da-fx.]+(\/|$)/i.test(entry) && !/^\d+(\.\d+){3}(\/|$)/.test(entry);

/** Reads `none`, or addresses and networks of proxies separated by commas. */
export const proxies: Read<string[]> = (text) => {
  const entries = parseList(text);
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

/** An origin exactly as a browser sends it. A `*` in it would match nothing. */
const isOrigin = (entry: string): boolean =>
  URL.canParse(entry) && new URL(entry).origin === entry && !entry.includes('*');

/** Reads `none`, or the origins of web pages separated by commas. */
export const origins: Read<string[]> = (text) => {
  const entries = parseList(text);
  if (entries.every(isOrigin)) return entries;
  throw new Error(
    'must be none, or origins such as https://app.example.org, separated by commas, with nothing after the host',
  );
};
