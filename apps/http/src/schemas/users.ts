import { Type } from 'typebox';
import { Capacity, Policy, Skills } from './mentor-profile.ts';
import { closed, nullable, pageOf, userFields } from './parts.ts';

export const UserList = Type.Array(
  Type.Object(
    {
      id: Type.Optional(userFields.id),
      username: userFields.username,
      mentor_username: userFields.mentor_username,
      mentor_policy: Type.Optional(Policy),
      free_places: Type.Optional(
        Type.Unsafe<number | null>({
          type: ['integer', 'null'],
          description: 'How many more mentees the user takes; null without a limit.',
        }),
      ),
      skills: Type.Optional(Skills),
    },
    closed,
  ),
  {
    description: 'With `view=full` each has all of these, otherwise `username` and `mentor_username` alone.',
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
    q: Type.Optional(
      Type.String({ format: 'text', description: 'Only those whose name begins so, in any case.', examples: ['al'] }),
    ),
    skill: Type.Optional(
      Type.String({
        format: 'text',
        description: 'Only those who have this skill, in any case.',
        examples: ['TypeScript'],
      }),
    ),
    accepting: Type.Optional(
      Type.Unsafe<'true'>({
        type: 'string',
        enum: ['true'],
        description: 'Only those who can be named or asked as a mentor, and have a place left.',
      }),
    ),
    has_mentor: Type.Optional(
      Type.Unsafe<'true' | 'false'>({
        type: 'string',
        enum: ['true', 'false'],
        description: 'Only those who have a mentor, or who have none.',
      }),
    ),
    view: Type.Optional(
      Type.Unsafe<'full'>({
        type: 'string',
        enum: ['full'],
        description: 'Ids, policies, free places and skills too.',
      }),
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
    mentor_policy: Type.Optional(Policy),
    mentor_capacity: Type.Optional(Capacity),
    bio: Type.Optional(nullable({ description: 'What the user says of themselves.' })),
    skills: Type.Optional(Skills),
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
        description: 'Your current password. Checked when it is sent; this service may need it for a new one.',
      }),
    ),
    mentor_policy: Type.Optional(Policy),
    mentor_capacity: Type.Optional(Capacity),
    bio: Type.Optional(nullable({ format: 'bio', description: 'At most 2000 characters; "" and null remove it.' })),
    skills: Type.Optional(Skills),
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
  { current_password: Type.String({ format: 'text', description: 'Your current password.' }) },
  { ...closed, examples: [{ current_password: '12345678' }] },
);
