import type { SecurityEventType } from '@mentorship/domain';
import { Type } from 'typebox';
import { closed, moment, nullable, pageOf } from './parts.ts';

/** What each event says; leave one out and the compiler names it. */
const types: Readonly<Record<SecurityEventType, string>> = {
  registered: 'the account began',
  logged_in: 'a session was opened',
  login_failed: 'a password was wrong',
  login_throttled: 'so many were wrong that no more are tried for a while',
  password_changed: 'a new password was set',
  session_ended: 'a session ended, for the reason that is given',
  refresh_token_reused: 'a refresh token was used that had been replaced: someone has copied it',
  account_ended: 'the account ended',
  account_deactivated: 'the operator lets nobody log in to the account',
  account_activated: 'the operator lets its user log in again',
};
const listed = Object.entries(types).map(([type, meaning]) => `\`${type}\` (${meaning})`);

export const SecurityEventQuery = Type.Object(pageOf('event-cursor'), closed);

export const SecurityEventList = Type.Array(
  Type.Object(
    {
      id: Type.Integer({ description: 'Grows with time.' }),
      type: Type.String({ description: `What happened: ${listed.join('; ')}. More may come.` }),
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
