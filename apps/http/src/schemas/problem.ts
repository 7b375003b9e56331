import { Type } from 'typebox';
import { closed } from './parts.ts';

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'A URN of the code.' }),
    title: Type.String({ description: 'The same for every problem of this code.' }),
    status: Type.Integer({ description: 'The status code of the answer.' }),
    detail: Type.String({ description: 'What happened, and what to do.' }),
    code: Type.String({ description: 'What a client switches on; it never changes.' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object(
          {
            field: Type.String({ description: 'The name of the field.' }),
            code: Type.String({ description: 'What is wrong with it; it never changes.' }),
            message: Type.String({ description: 'What would be right.' }),
          },
          closed,
        ),
        { description: 'Every field that was refused.' },
      ),
    ),
    allowed: Type.Optional(
      Type.Array(Type.String(), { description: 'Of `illegal_transition`: the statuses that you can choose.' }),
    ),
  },
  { $id: 'Problem', ...closed, description: 'Problem details (RFC 9457).' },
);
