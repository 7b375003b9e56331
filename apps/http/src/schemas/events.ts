import type { SecurityEventType } from '@mentorship/domain';
import { Type } from 'typebox';
import { closed, timestamp, nullable, pageParameters } from './common.ts';

/** The meaning of each type of event. If one is missing, tsc names it. */
const types: Readonly<Record<SecurityEventType, string>> = {
  registered: 'the account was created',
  logged_in: 'a session was opened',
  login_failed: 'a login failed',
  login_throttled: 'too many logins failed, so more were rejected for a while',
  password_changed: 'the password was changed',
  session_ended: 'a session ended, for the given `reason`',
  refresh_token_reused: 'a replaced refresh token was used again: it may have been stolen',
  account_ended: 'the account ended',
  account_deactivated: 'the operator blocked logins to the account',
  account_activated: 'the operator allowed logins again',
  account_unlocked: 'the operator lifted the limits that failed logins had used up',
};
const listed = Object.entries(types).map(([type, meaning]) => `\`${type}\` (${meaning})`);

export const SecurityEventQuery = Type.Object(pageParameters('event-cursor'), closed);

export const SecurityEventList = Type.Array(
  Type.Object(
    {
      id: Type.Integer({ description: 'A later event has a larger id.' }),
      type: Type.String({ description: `What happened: ${listed.join('; ')}. New types may be added.` }),
      created_at: timestamp({ description: 'When it happened.' }),
      session_id: nullable({ description: 'The session that the event concerns.' }),
      reason: nullable({ description: 'Why the session ended.' }),
      count: Type.Integer({
        description:
          'For failures: how many there have been in the current period. An event is recorded each time this number doubles.',
      }),
      user_agent: nullable({ description: 'The User-Agent of the client.' }),
      ip: nullable({ description: 'The IP address of the client.' }),
    },
    closed,
  ),
  {
    description: 'Newest first.',
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
