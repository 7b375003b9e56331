import { createHash } from 'node:crypto';

/** How many statements get a name at most, of which each connection keeps every one: those with lists of varying length never end. */
const mostNames = 500;

/** A name for each statement, the same wherever it is made. */
export const createNames = (): ((sql: string) => string | undefined) => {
  const names = new Map<string, string>();
  return (sql) => {
    const known = names.get(sql);
    if (known !== undefined || names.size >= mostNames) return known;
    const name = createHash('sha256').update(sql).digest('base64url').slice(0, 22);
    names.set(sql, name);
    return name;
  };
};
