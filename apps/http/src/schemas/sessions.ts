import { Type } from 'typebox';
import { closed, example } from './parts.ts';

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
  {
    ...closed,
    description: 'The tokens of the new session.',
    examples: [{ refresh: 'your token', access: 'your token' }],
  },
);

export const RefreshToken = Type.Object(
  { refresh: Type.String({ format: 'text', description: 'The refresh token of a session of yours.' }) },
  { ...closed, examples: [{ refresh: 'your_refresh_token' }] },
);

export const AccessToken = Type.Object(
  { access: Type.String({ description: 'Goes into `Authorization: Bearer …`.' }) },
  { ...closed, description: 'A new access token.', examples: [{ access: 'your token' }] },
);
