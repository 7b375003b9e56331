import type { Refusal } from './setting-values.ts';

const parse = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null);

/** Whether a character of the password ends the host, the path or the query too early, or begins no escape. */
const needsEscape = (text: string): boolean => {
  const url = parse(text);
  if (url === null) return text.includes('@');
  try {
    decodeURIComponent(url.username + url.password + url.pathname);
  } catch {
    return true;
  }
  return text.includes('#') || url.pathname.includes('@') || url.search.includes('@');
};

/** URLs of a PostgreSQL server that would name another server, or whose parameter would be ignored. */
export const refusedServers: readonly Refusal[] = [
  {
    when: needsEscape,
    say: 'has a character in its user name or password that must be escaped. Write %2F for /, %23 for #, %3F for ?, %40 for @ and %25 for %',
  },
  {
    when: (text) =>
      [...(parse(text)?.searchParams.keys() ?? [])].some((key) => /^(currentSchema|schema|search_path)$/i.test(key)),
    say: 'must not have a parameter for the schema, which PostgreSQL does not know. Write ?options=-c%20search_path%3D<schema>, or run ALTER ROLE <user> SET search_path = <schema>',
  },
];
