/**
 * What runs in the database beside the statements of the service: for each name, as in `trigger t of users`, its
 * definition in lower case with single spaces.
 */
export type Programs = ReadonlyMap<string, string>;

/** Definitions of one program are equal however they are indented. */
export const plain = (definition: string): string => definition.toLowerCase().replaceAll(/\s+/g, ' ').trim();

/** The name in a statement such as `create trigger <name> …`. */
export const nameIn = (statement: string): string => /^create \w+ (\w+)/.exec(statement)?.[1] ?? '';
