import { maxDepth, defaultDepth } from '@mentorship/application';
import { Type } from 'typebox';
import { closed, moment, nullable, pageOf } from './parts.ts';

export const GraphQuery = Type.Object(
  {
    root: Type.Optional(
      Type.String({
        format: 'text',
        description: 'The username at the top. Without it, everyone who has a mentor is listed, by ascending id.',
        examples: ['alice'],
      }),
    ),
    depth: Type.Optional(
      Type.String({
        format: 'depth',
        description: `How many steps down: 1 to ${maxDepth}, ${defaultDepth} unless it is said.`,
        examples: ['3'],
      }),
    ),
    at: Type.Optional(
      Type.String({
        format: 'moment',
        description: 'The moment to look at (RFC 3339). Without it, that of the last change: the graph as it is now.',
        examples: ['2026-01-31T12:00:00Z'],
      }),
    ),
    ...pageOf('graph-cursor'),
  },
  closed,
);

export const MentorGraph = Type.Object(
  {
    root: nullable({ description: 'Who is at the top; null where everyone was asked for.' }),
    at: moment({ description: 'The moment that this shows.' }),
    edges: Type.Array(
      Type.Object(
        {
          mentor_username: Type.String(),
          mentee_username: Type.String(),
          depth: Type.Integer({ minimum: 1, description: 'How many steps the mentee is below the root.' }),
          started_at: moment({ description: 'When this mentorship began.' }),
        },
        closed,
      ),
      { description: 'Each mentee is followed by their own mentees; those of one mentor come by ascending id.' },
    ),
  },
  {
    ...closed,
    examples: [
      {
        root: 'alice',
        at: '2026-01-31T12:00:00.000Z',
        edges: [
          { mentor_username: 'alice', mentee_username: 'john', depth: 1, started_at: '2026-01-01T09:00:00.000Z' },
          { mentor_username: 'john', mentee_username: 'mike', depth: 2, started_at: '2026-01-02T09:00:00.000Z' },
        ],
      },
    ],
  },
);
