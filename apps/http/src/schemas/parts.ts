import { Type } from 'typebox';

export const closed = { additionalProperties: false };

/** Text or null in one schema: the errors of a union name both halves, this one's name the field. */
export const nullable = (options: Record<string, unknown> = {}) =>
  Type.Unsafe<string | null>({ ...options, type: ['string', 'null'] });

/** A moment of RFC 3339. */
export const moment = (options: Record<string, unknown> = {}) => Type.String({ ...options, format: 'date-time' });

/** A moment of RFC 3339, or null. */
export const nullableTimestamp = (options: Record<string, unknown> = {}) =>
  nullable({ ...options, format: 'date-time' });

/** What a list takes, with the format of its cursor. */
export const pageOf = (cursor: string) => ({
  limit: Type.Optional(
    Type.String({
      format: 'page-size',
      description: 'How many entries a page has at most: 1 to 1000, 1000 unless asked for fewer.',
      examples: ['100'],
    }),
  ),
  cursor: Type.Optional(
    Type.String({ format: cursor, description: 'Where the page begins: from the `Link` of the page before.' }),
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
  id: Type.Integer({ minimum: 1, description: 'Given out in ascending order.' }),
  username: Type.String({ description: 'As it is shown: trimmed, in Unicode form NFKC.' }),
  email: nullable({ description: 'null when the user gave none.' }),
  phone: nullable({ description: 'null when the user gave none.' }),
  mentor_username: nullable({ description: 'null when the user has no mentor.' }),
};
