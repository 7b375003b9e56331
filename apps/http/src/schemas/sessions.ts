import type { LogoutScope } from '@mentorship/application';
import { Type } from 'typebox';
import { closed, example, timestamp, nullable } from './common.ts';

export const Credentials = Type.Object(
  { username: Type.String({ format: 'text' }), password: Type.String({ format: 'text' }) },
  { ...closed, examples: [{ username: example.username, password: example.password }] },
);

export const Tokens = Type.Object(
  {
    refresh: Type.String({
      description:
        'Send it to `POST /api/token/refresh` for a new access token. Store it where scripts of other sites cannot read it.',
    }),
    access: Type.String({ description: 'Send it as `Authorization: Bearer <access>`.' }),
  },
  {
    ...closed,
    description: 'The tokens of the new session.',
    examples: [{ refresh: 'your token', access: 'your token' }],
  },
);

export const RefreshToken = Type.Object(
  { refresh: Type.String({ format: 'text', description: 'The refresh token of one of your sessions.' }) },
  { ...closed, examples: [{ refresh: 'your_refresh_token' }] },
);

export const Logout = Type.Object(
  {
    refresh: RefreshToken.properties.refresh,
    scope: Type.Optional(
      Type.Unsafe<LogoutScope>({
        type: 'string',
        enum: ['session', 'others', 'all'],
        description: 'Which of your sessions end: the one of the refresh token (default), all others, or all.',
      }),
    ),
  },
  { ...closed, examples: [{ refresh: 'your_refresh_token' }] },
);

export const Refreshed = Type.Object(
  {
    refresh: Type.Optional(
      Type.String({
        description: 'The next refresh token, if the service rotates them. Discard the previous one.',
      }),
    ),
    access: Type.String({ description: 'Send it as `Authorization: Bearer <access>`.' }),
  },
  { ...closed, description: 'A new access token.', examples: [{ access: 'your token' }] },
);

const session = {
  id: '0b0b5b8e-6f0e-4f6e-9d0a-2f1c5d7e8a90',
  created_at: '2026-01-01T09:00:00.000Z',
  last_used_at: '2026-01-01T09:30:00.000Z',
  expires_at: '2026-01-01T10:00:00.000Z',
  user_agent: 'Mozilla/5.0',
  ip: '192.0.2.7',
  current: true,
};

export const SessionList = Type.Array(
  Type.Object(
    {
      id: Type.String(),
      created_at: timestamp({ description: 'When you logged in.' }),
      last_used_at: timestamp({ description: 'When you last logged in or refreshed in this session.' }),
      expires_at: timestamp({ description: 'When the session expires.' }),
      user_agent: nullable({ description: 'The User-Agent of the client at login; null if it sent none.' }),
      ip: nullable({ description: 'The IP address of the client at login; null if unknown.' }),
      current: Type.Boolean({ description: 'Whether this is the session of your access token.' }),
    },
    closed,
  ),
  { description: 'Your open sessions, newest first, at most 1000.', examples: [[session]] },
);

export const SessionParams = Type.Object({
  id: Type.String({ description: 'The id of a session.', examples: [session.id] }),
});
