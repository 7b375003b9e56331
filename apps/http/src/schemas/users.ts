import { Type } from 'typebox';
import { closed, nullable, pageOf, userFields } from './parts.ts';

export const UserList = Type.Array(
  Type.Object({ username: userFields.username, mentor_username: userFields.mentor_username }, closed),
  {
    examples: [
      [
        { username: 'john', mentor_username: 'alice' },
        { username: 'bob', mentor_username: null },
      ],
    ],
  },
);

export const UserListQuery = Type.Object(
  {
    ...pageOf('user-cursor'),
    mentor: Type.Optional(
      Type.String({ format: 'text', description: 'Only the mentees of the user of this name.', examples: ['alice'] }),
    ),
  },
  closed,
);

export const UserDetail = Type.Object(
  {
    id: userFields.id,
    username: userFields.username,
    password: Type.Optional(Type.String({ description: 'How your password is kept; on your own detail only.' })),
    phone: userFields.phone,
    email: userFields.email,
    mentor_username: userFields.mentor_username,
    mentees: Type.Array(Type.String(), { description: 'By ascending id, the first 1000; `Link` leads to the rest.' }),
  },
  {
    ...closed,
    examples: [
      {
        id: 2,
        username: 'john',
        password: '$argon2id$v=19$m=19456,t=2,p=1$********',
        phone: '1234567890',
        email: 'john@example.com',
        mentor_username: 'alice',
        mentees: ['mike', 'emma'],
      },
    ],
  },
);

export const ProfileUpdate = Type.Object(
  {
    email: Type.Optional(nullable({ format: 'email-address', description: '"" and null remove it.' })),
    phone: Type.Optional(nullable({ format: 'phone', description: '"" and null remove it.' })),
    mentor: Type.Optional(nullable({ format: 'text', description: 'A username; "" and null remove the mentor.' })),
    password: Type.Optional(
      Type.String({ format: 'new-password', description: 'A new password ends all your other sessions.' }),
    ),
    current_password: Type.Optional(
      Type.String({
        format: 'text',
        description: 'Your present password. Checked when it is sent; this service may need it for a new one.',
      }),
    ),
    id: Type.Optional(Type.Integer({ description: 'Only as it was read.' })),
    username: Type.Optional(Type.String({ format: 'text', description: 'Only as it was read.' })),
    mentor_username: Type.Optional(nullable({ format: 'text', description: 'Only as it was read: send `mentor`.' })),
    mentees: Type.Optional(Type.Array(Type.String({ format: 'text' }), { description: 'Only as it was read.' })),
  },
  {
    ...closed,
    examples: [{ email: 'new_email@example.com', phone: '123-456-7890', mentor: 'bob', password: 'newpassword123' }],
  },
);

export const UserParams = Type.Object({ id: Type.String({ description: 'The id of a user.', examples: ['2'] }) });

export const AccountEnd = Type.Object(
  { current_password: Type.String({ format: 'text', description: 'Your present password.' }) },
  { ...closed, examples: [{ current_password: '12345678' }] },
);
