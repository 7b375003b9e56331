import { Type } from 'typebox';
import { closed } from './common.ts';

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'The `code` as a URN.' }),
    title: Type.String({ description: 'The same for every problem with this `code`.' }),
    status: Type.Integer({ description: 'The HTTP status of the response.' }),
    detail: Type.String({ description: 'What is wrong, and what to do.' }),
    code: Type.String({ description: 'The stable name of the problem, for clients to switch on.' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object(
          {
            field: Type.String({ description: 'The name of the field.' }),
            code: Type.String({ description: 'The stable name of the error.' }),
            message: Type.String({ description: 'What to send instead.' }),
          },
          closed,
        ),
        { description: 'Every invalid field.' },
      ),
    ),
    allowed: Type.Optional(
      Type.Array(Type.String(), { description: 'For `illegal_transition`: the statuses that you can send.' }),
    ),
  },
  { $id: 'Problem', ...closed, description: 'Problem details (RFC 9457).' },
);
