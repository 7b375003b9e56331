import { Type } from 'typebox';

const ifMatch = Type.Optional(
  Type.String({ description: 'The `ETag` that you read, or several, or `*`: for any other state, 412.' }),
);

/** The preconditions of a change. */
export const ChangeHeaders = Type.Object({
  'if-match': ifMatch,
  'if-none-match': Type.Optional(
    Type.String({ description: 'An `ETag`, or several, or `*`: for one of these states, 412.' }),
  ),
});

/** The preconditions of a read. */
export const ReadHeaders = Type.Object({
  'if-match': ifMatch,
  'if-none-match': Type.Optional(
    Type.String({ description: 'The `ETag` that you have, or several, or `*`: for the same state, 304.' }),
  ),
});

export const entityTag = {
  ETag: { type: 'string', description: 'Identifies this state, for `If-Match` and `If-None-Match` (RFC 9110).' },
};

/** The response to If-None-Match of the current state: it has the headers of the 200. */
export const notModified = (headers: object = {}) => ({
  304: Type.Unsafe<undefined>({
    type: 'null',
    description: 'The state is still the one in `If-None-Match`. The response has no body.',
    headers: { ...entityTag, ...headers },
  }),
});
