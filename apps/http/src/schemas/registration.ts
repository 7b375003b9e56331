import { Type } from 'typebox';
import { closed, nullable, example, userFields } from './common.ts';

export const Registration = Type.Object(
  {
    username: Type.String({
      format: 'username',
      description: '1 to 150 letters, digits and @ . + - _ (unique regardless of case).',
    }),
    password: Type.String({
      format: 'new-password',
      description:
        '8 to 128 characters of any kind. A service with the `strict` policy requires 15 that are hard to guess.',
    }),
    email: Type.Optional(nullable({ format: 'email-address', description: '"" and null mean no value.' })),
    phone: Type.Optional(nullable({ format: 'phone', description: '"" and null mean no value.' })),
    mentor_username: Type.Optional(nullable({ format: 'text', description: 'The username of a registered user.' })),
  },
  {
    ...closed,
    examples: [
      {
        username: example.username,
        password: example.password,
        email: example.email,
        phone: example.phone,
        mentor_username: example.mentor,
      },
    ],
  },
);

export const Registered = Type.Object(userFields, {
  ...closed,
  examples: [{ id: 2, username: 'john', email: example.email, phone: example.phone, mentor_username: 'alice' }],
});
