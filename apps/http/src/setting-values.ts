import type { Read } from '@mentorship/adapters/environment';
import proxyAddr from '@fastify/proxy-addr';

const list = (text: string): string[] =>
  text === 'none' ? [] : [...new Set(text.split(',').map((entry) => entry.trim()))];

/** What the library takes for an address, though nobody means one: a number of hops. */
const isAbridged = (entry: string): boolean => /^[\da-fx.]+(\/|$)/i.test(entry) && !/^\d+(\.\d+){3}(\/|$)/.test(entry);

/** `none`, or addresses and networks of proxies. */
export const proxies: Read<string[]> = (text) => {
  const entries = list(text);
  try {
    proxyAddr.compile(entries);
    if (!entries.some(isAbridged)) return entries;
  } catch {
    // Told like the rest.
  }
  throw new Error(
    'must be none, or the addresses or networks of your proxies, such as 10.0.0.5 or 10.0.0.0/8, with commas between (loopback and uniquelocal stand for those networks)',
  );
};

/** Exactly as a browser sends it; a `*` in it would match nothing. */
const isOrigin = (entry: string): boolean =>
  URL.canParse(entry) && new URL(entry).origin === entry && !entry.includes('*');

/** `none`, or the origins of pages that may call the API from a browser. */
export const origins: Read<string[]> = (text) => {
  const entries = list(text);
  if (entries.every(isOrigin)) return entries;
  throw new Error(
    'must be none, or origins such as https://app.example.org, with commas between and nothing after the host',
  );
};
