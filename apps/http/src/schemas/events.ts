import { Type } from 'typebox';
import { closed, moment, nullable } from './parts.ts';

const types = [
  'registered',
  'logged_in',
  'login_failed',
  'login_throttled',
  'password_changed',
  'session_ended',
  'refresh_token_reused',
  'account_ended',
];

export const SecurityEventList = Type.Array(
  Type.Object(
    {
      id: Type.Integer({ description: 'Grows with time.' }),
      type: Type.String({ description: `What happened: ${types.join(', ')}. More may come.` }),
      created_at: moment({ description: 'When it happened.' }),
      session_id: nullable({ description: 'The session that it happened in or to.' }),
      reason: nullable({ description: 'Why a session ended.' }),
      count: Type.Integer({
        description:
          'Of failures: how many there had been by then in the present period. They are noted as their number doubles.',
      }),
      user_agent: nullable({ description: 'What the client said of itself.' }),
      ip: nullable({ description: 'Where it came from.' }),
    },
    closed,
  ),
  {
    description: 'The newest first.',
    examples: [
      [
        {
          id: 12,
          type: 'logged_in',
          created_at: '2026-01-01T09:00:00.000Z',
          session_id: '0b0b5b8e-6f0e-4f6e-9d0a-2f1c5d7e8a90',
          reason: null,
          count: 1,
          user_agent: 'Mozilla/5.0',
          ip: '192.0.2.7',
        },
      ],
    ],
  },
);
