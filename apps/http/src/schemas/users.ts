import { Type } from 'typebox';
import { Capacity, Policy, Skills } from './mentor-profile.ts';
import { closed, nullable, pageParameters, userFields } from './common.ts';

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
          description: 'How many more mentees the user accepts; null for no limit.',
        }),
      ),
      skills: Type.Optional(Skills),
    },
    closed,
  ),
  {
    description: 'Each entry has only `username` and `mentor_username`, unless you send `view=full`.',
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
    ...pageParameters('user-cursor'),
    mentor: Type.Optional(
      Type.String({
        format: 'text',
        description: 'Only the mentees of the user with this username.',
        examples: ['alice'],
      }),
    ),
    q: Type.Optional(
      Type.String({
        format: 'text',
        description: 'Only users whose username begins with this, regardless of case.',
        examples: ['al'],
      }),
    ),
    skill: Type.Optional(
      Type.String({
        format: 'text',
        description: 'Only users with this skill, regardless of case.',
        examples: ['TypeScript'],
      }),
    ),
    accepting: Type.Optional(
      Type.Unsafe<'true'>({
        type: 'string',
        enum: ['true'],
        description: 'Only users who accept mentees, directly or by request, and have a free place.',
      }),
    ),
    has_mentor: Type.Optional(
      Type.Unsafe<'true' | 'false'>({
        type: 'string',
        enum: ['true', 'false'],
        description: 'Only users who have a mentor, or only users who have none.',
      }),
    ),
    view: Type.Optional(
      Type.Unsafe<'full'>({
        type: 'string',
        enum: ['full'],
        description: 'Adds ids, policies, free places and skills.',
      }),
    ),
  },
  closed,
);

export const UserDetail = Type.Object(
  {
    id: userFields.id,
    username: userFields.username,
    password: Type.Optional(Type.String({ description: 'The hash of your password; only in your own detail.' })),
    phone: userFields.phone,
    email: userFields.email,
    mentor_username: userFields.mentor_username,
    mentees: Type.Array(Type.String(), {
      description: 'The first 1000 by ascending id. The `Link` header leads to the rest.',
    }),
    mentor_policy: Type.Optional(Policy),
    mentor_capacity: Type.Optional(Capacity),
    bio: Type.Optional(nullable({ description: 'What the user writes about themselves.' })),
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
    mentor: Type.Optional(
      nullable({ format: 'text', description: 'The username of the new mentor; "" and null remove the mentor.' }),
    ),
    password: Type.Optional(
      Type.String({ format: 'new-password', description: 'A new password ends all your other sessions.' }),
    ),
    current_password: Type.Optional(
      Type.String({
        format: 'text',
        description:
          'Your current password. The service checks it if you send it, and may require it with a new `password`.',
      }),
    ),
    mentor_policy: Type.Optional(Policy),
    mentor_capacity: Type.Optional(Capacity),
    bio: Type.Optional(nullable({ format: 'bio', description: 'At most 2000 characters; "" and null remove it.' })),
    skills: Type.Optional(Skills),
    id: Type.Optional(Type.Integer({ description: 'Accepted only unchanged, as you read it.' })),
    username: Type.Optional(Type.String({ format: 'text', description: 'Accepted only unchanged, as you read it.' })),
    mentor_username: Type.Optional(
      nullable({
        format: 'text',
        description: 'Accepted only unchanged, as you read it. To change your mentor, send `mentor`.',
      }),
    ),
    mentees: Type.Optional(
      Type.Array(Type.String({ format: 'text' }), { description: 'Accepted only unchanged, as you read it.' }),
    ),
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
