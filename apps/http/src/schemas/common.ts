import { maxPageSize } from '@mentorship/application';
import { Type } from 'typebox';

export const closed = { additionalProperties: false };

/** A string or null. Not a union: Ajv reports an error for each member of a union. */
export const nullable = (options: Record<string, unknown> = {}) =>
  Type.Unsafe<string | null>({ ...options, type: ['string', 'null'] });

/** A timestamp (RFC 3339). */
export const timestamp = (options: Record<string, unknown> = {}) => Type.String({ ...options, format: 'date-time' });

/** A timestamp (RFC 3339) or null. */
export const nullableTimestamp = (options: Record<string, unknown> = {}) =>
  nullable({ ...options, format: 'date-time' });

/** The query parameters of a paged list. `cursor` is the format of its cursors. */
export const pageParameters = (cursor: string) => ({
  limit: Type.Optional(
    Type.String({
      format: 'page-size',
      description: `How many entries a page has at most: 1 to ${maxPageSize} (default ${maxPageSize}).`,
      examples: ['100'],
    }),
  ),
  cursor: Type.Optional(
    Type.String({
      format: cursor,
      description: 'Where the page begins. Take it from the `Link` header of the previous page.',
    }),
  ),
});

export const example = {
  username: 'john',
  password: '12345678',
  email: 'john@example.com',
  phone: '+79999999999',
  mentor: 'alice',
};

export const userFields = {
  id: Type.Integer({ minimum: 1, description: 'A later user has a larger id.' }),
  username: Type.String({ description: 'Trimmed, in Unicode form NFKC.' }),
  email: nullable({ description: 'null if the user has set none.' }),
  phone: nullable({ description: 'null if the user has set none.' }),
  mentor_username: nullable({ description: 'null if the user has no mentor.' }),
};
