import { Type } from 'typebox';

/** Text or null in one schema: the errors of a union name both halves, this one's name the field. */
const nullable = (options: Record<string, unknown> = {}) =>
  Type.Unsafe<string | null>({ ...options, type: ['string', 'null'] });

const closed = { additionalProperties: false };

const example = {
  username: 'john',
  password: '12345678',
  email: 'john@example.com',
  phone: '+79999999999',
  mentor: 'alice',
};

const shown = {
  id: Type.Integer({ minimum: 1, description: 'Given out in ascending order.' }),
  username: Type.String({ description: 'As it is shown: trimmed, in Unicode form NFKC.' }),
  email: nullable({ description: 'null when the user gave none.' }),
  phone: nullable({ description: 'null when the user gave none.' }),
  mentor_username: nullable({ description: 'null when the user has no mentor.' }),
};

export const Registration = Type.Object(
  {
    username: Type.String({
      format: 'username',
      description: '1 to 150 letters, digits and @ . + - _; unique whatever its case.',
    }),
    password: Type.String({ format: 'new-password', description: '8 to 128 characters of any kind.' }),
    email: Type.Optional(nullable({ format: 'email-address', description: '"" and null mean none.' })),
    phone: Type.Optional(nullable({ format: 'phone', description: '"" and null mean none.' })),
    mentor_username: Type.Optional(nullable({ format: 'text', description: 'The name of a registered user.' })),
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
      { username: 'alice', password: 'a long passphrase' },
    ],
  },
);

export const Registered = Type.Object(shown, {
  ...closed,
  examples: [{ id: 2, username: 'john', email: example.email, phone: example.phone, mentor_username: 'alice' }],
});

export const Credentials = Type.Object(
  { username: Type.String({ format: 'text' }), password: Type.String({ format: 'text' }) },
  { ...closed, examples: [{ username: example.username, password: example.password }] },
);

export const Tokens = Type.Object(
  {
    refresh: Type.String({
      description: 'Gets new access tokens. Keep it where scripts of other sites cannot read it.',
    }),
    access: Type.String({ description: 'Goes into `Authorization: Bearer …`.' }),
  },
  { ...closed, examples: [{ refresh: 'your token', access: 'your token' }] },
);

export const RefreshToken = Type.Object(
  { refresh: Type.String({ format: 'text' }) },
  { ...closed, examples: [{ refresh: 'your_refresh_token' }] },
);

export const AccessToken = Type.Object({ access: Type.String() }, { ...closed, examples: [{ access: 'your token' }] });

export const UserList = Type.Array(
  Type.Object({ username: shown.username, mentor_username: shown.mentor_username }, closed),
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
    limit: Type.Optional(
      Type.String({
        pattern: '^([1-9][0-9]{0,2}|1000)$',
        description: 'How many users a page has at most: 1 to 1000, 1000 unless asked for fewer.',
        examples: ['100'],
      }),
    ),
    cursor: Type.Optional(
      Type.String({ format: 'cursor', description: 'Where the page begins: from the `Link` of the page before.' }),
    ),
    mentor: Type.Optional(
      Type.String({ format: 'text', description: 'Only the mentees of the user of this name.', examples: ['alice'] }),
    ),
  },
  closed,
);

export const UserDetail = Type.Object(
  {
    id: shown.id,
    username: shown.username,
    password: Type.Optional(Type.String({ description: 'How your password is kept; on your own detail only.' })),
    phone: shown.phone,
    email: shown.email,
    mentor_username: shown.mentor_username,
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
    id: Type.Optional(Type.Integer({ description: 'Only as it was read.' })),
    username: Type.Optional(Type.String({ format: 'text', description: 'Only as it was read.' })),
    mentor_username: Type.Optional(nullable({ format: 'text', description: 'Only as it was read: send `mentor`.' })),
    mentees: Type.Optional(Type.Array(Type.String({ format: 'text' }), { description: 'Only as it was read.' })),
  },
  {
    ...closed,
    examples: [
      { email: 'new_email@example.com', phone: '123-456-7890', mentor: 'bob', password: 'newpassword123' },
      { mentor: '' },
    ],
  },
);

export const UserParams = Type.Object({ id: Type.String({ description: 'The id of a user.', examples: ['2'] }) });

export const JsonWebKeySet = Type.Object(
  {
    keys: Type.Array(
      Type.Object(
        {
          kty: Type.String(),
          crv: Type.String(),
          x: Type.String(),
          kid: Type.String(),
          use: Type.String(),
          alg: Type.String(),
        },
        closed,
      ),
    ),
  },
  closed,
);

export const Health = Type.Object({ status: Type.String() }, { ...closed, examples: [{ status: 'ok' }] });

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'A URN of the code.' }),
    title: Type.String({ description: 'The same for every problem of this code.' }),
    status: Type.Integer(),
    detail: Type.String({ description: 'What happened, and what to do.' }),
    code: Type.String({ description: 'What a client switches on; it never changes.' }),
    errors: Type.Optional(
      Type.Array(Type.Object({ field: Type.String(), code: Type.String(), message: Type.String() }, closed), {
        description: 'Every field that was refused.',
      }),
    ),
  },
  { $id: 'Problem', ...closed, description: 'Problem details (RFC 9457).' },
);
