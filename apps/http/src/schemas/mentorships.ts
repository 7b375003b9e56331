import { mentorshipStatuses, type MentorshipStatus, type Side, sides } from '@mentorship/domain';
import { Type } from 'typebox';
import { closed, timestamp, nullable, nullableTimestamp, pageParameters } from './common.ts';

const oneOf = <Word extends string>(words: readonly Word[], description: string) =>
  Type.Unsafe<Word>({ type: 'string', enum: [...words], description });

export const MentorshipRequest = Type.Object(
  {
    mentor: Type.Optional(
      nullable({ format: 'text', description: 'The username of the user whom you ask to be your mentor.' }),
    ),
    mentee: Type.Optional(
      nullable({ format: 'text', description: 'The username of the user whom you offer to mentor.' }),
    ),
    message: Type.Optional(
      nullable({ format: 'words', description: 'A message to this user, at most 2000 characters.' }),
    ),
  },
  {
    ...closed,
    description: 'Send `mentor` (whom you ask) or `mentee` (whom you offer to mentor).',
    examples: [{ mentor: 'alice', message: 'I would like to learn from you.' }],
  },
);

export const MentorshipChange = Type.Object(
  {
    status: oneOf<MentorshipStatus>(
      mentorshipStatuses,
      'The recipient of a request can change it to `active` or `declined`, its sender to `cancelled`. Either side can change an active mentorship to `completed` or `ended`.',
    ),
    reason: Type.Optional(
      nullable({ format: 'reason', description: 'The reason for the change, at most 2000 characters.' }),
    ),
  },
  { ...closed, examples: [{ status: 'active', reason: 'Gladly.' }] },
);

const example = {
  id: 7,
  mentor_username: 'alice',
  mentee_username: 'john',
  status: 'requested',
  requested_by: 'mentee',
  message: 'I would like to learn from you.',
  reason: null,
  created_at: '2026-01-01T09:00:00.000Z',
  expires_at: '2026-01-15T09:00:00.000Z',
  started_at: null,
  ended_at: null,
  version: 1,
};

const mentorshipFields = {
  id: Type.Integer({ minimum: 1, description: 'A later mentorship has a larger id.' }),
  mentor_username: Type.String({ description: 'A pseudonym if the account has ended.' }),
  mentee_username: Type.String({ description: 'A pseudonym if the account has ended.' }),
  status: oneOf<MentorshipStatus>(mentorshipStatuses, 'The current status.'),
  requested_by: oneOf<Side>(
    sides,
    'Which side sent the request. Also `mentee` if the mentee named an `open` mentor without a request.',
  ),
  message: nullable({ description: 'The message of the request.' }),
  reason: nullable({
    description:
      'The reason for the last status change. The service itself sets `replaced` or `removed` (the mentee changed or removed their mentor), `matched` (the mentee found another mentor) and `account_ended`.',
  }),
  created_at: timestamp({ description: 'When it was requested, or started without a request.' }),
  expires_at: nullableTimestamp({ description: 'When the request expires unless it is answered.' }),
  started_at: nullableTimestamp({ description: 'When it became active; null if it never did.' }),
  ended_at: nullableTimestamp({ description: 'When it reached its last status; null while it is open.' }),
  version: Type.Integer({
    minimum: 1,
    description: 'Grows by 1 with each change. The `ETag` header has the same number.',
  }),
};

export const Mentorship = Type.Object(mentorshipFields, { ...closed, examples: [example] });

export const MentorshipList = Type.Array(Type.Object(mentorshipFields, closed), {
  description: 'Newest first.',
  examples: [[example]],
});

export const MentorshipParams = Type.Object({
  id: Type.String({ description: 'The id of a mentorship.', examples: ['7'] }),
});

export const HistoryQuery = Type.Object(pageParameters('mentorship-cursor'), closed);

export const MentorshipQuery = Type.Object(
  {
    role: Type.Optional(oneOf<Side>(sides, 'Only the mentorships in which you have this role.')),
    status: Type.Optional(
      Type.String({
        format: 'statuses',
        description: `Only the mentorships of these statuses, separated by commas: ${mentorshipStatuses.join(', ')}.`,
        examples: ['requested,active'],
      }),
    ),
    ...pageParameters('mentorship-cursor'),
  },
  closed,
);
