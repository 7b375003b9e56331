import { mentorshipStatuses, type MentorshipStatus, type Side, sides } from '@mentorship/domain';
import { Type } from 'typebox';
import { closed, moment, nullable, nullableTimestamp, pageOf } from './parts.ts';

const oneOf = <Word extends string>(words: readonly Word[], description: string) =>
  Type.Unsafe<Word>({ type: 'string', enum: [...words], description });

export const MentorshipRequest = Type.Object(
  {
    mentor: Type.Optional(nullable({ format: 'text', description: 'The username of the mentor whom you ask.' })),
    mentee: Type.Optional(nullable({ format: 'text', description: 'Or: the username of whom you offer to mentor.' })),
    message: Type.Optional(
      nullable({ format: 'words', description: 'What you say to them, at most 2000 characters.' }),
    ),
  },
  {
    ...closed,
    description: 'Just one of `mentor` and `mentee`.',
    examples: [{ mentor: 'alice', message: 'I would like to learn from you.' }],
  },
);

export const MentorshipChange = Type.Object(
  {
    status: oneOf<MentorshipStatus>(
      mentorshipStatuses,
      'Of a request, whoever was asked makes it `active` or `declined`, whoever asked `cancelled`; of an active mentorship either makes it `completed` or `ended`.',
    ),
    reason: Type.Optional(nullable({ format: 'reason', description: 'Why, at most 2000 characters.' })),
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
  id: Type.Integer({ minimum: 1, description: 'Given out in ascending order.' }),
  mentor_username: Type.String({ description: 'Of an ended account a pseudonym.' }),
  mentee_username: Type.String({ description: 'Of an ended account a pseudonym.' }),
  status: oneOf<MentorshipStatus>(mentorshipStatuses, 'Where it stands.'),
  requested_by: oneOf<Side>(
    sides,
    'Which side asked; `mentee` also where a mentee named a mentor who wants no requests.',
  ),
  message: nullable({ description: 'What was said with the request.' }),
  reason: nullable({
    description:
      'Of the last change of status, as it was given; where nobody gave one, it may be `replaced` or `removed` (by the mentee), `matched` (the mentee has found a mentor elsewhere) or `account_ended`.',
  }),
  created_at: moment({ description: 'When it was requested, or began without a request.' }),
  expires_at: nullableTimestamp({ description: 'When the request runs out unless it is answered.' }),
  started_at: nullableTimestamp({ description: 'When it became active.' }),
  ended_at: nullableTimestamp({ description: 'When it was over.' }),
  version: Type.Integer({ minimum: 1, description: 'One more with each change; the `ETag` says the same.' }),
};

export const Mentorship = Type.Object(mentorshipFields, { ...closed, examples: [example] });

export const MentorshipList = Type.Array(Type.Object(mentorshipFields, closed), {
  description: 'The newest first.',
  examples: [[example]],
});

export const MentorshipParams = Type.Object({
  id: Type.String({ description: 'The id of a mentorship.', examples: ['7'] }),
});

export const HistoryQuery = Type.Object(pageOf('mentorship-cursor'), closed);

export const MentorshipQuery = Type.Object(
  {
    role: Type.Optional(oneOf<Side>(sides, 'Only those in which you are this.')),
    status: Type.Optional(
      Type.String({
        format: 'statuses',
        description: `Only those of these statuses, with commas: ${mentorshipStatuses.join(', ')}.`,
        examples: ['requested,active'],
      }),
    ),
    ...pageOf('mentorship-cursor'),
  },
  closed,
);

/** What an answer about one mentorship says in its headers. */
export const entityTag = {
  ETag: { type: 'string', description: 'The version, for `If-Match` (RFC 9110).' },
};
