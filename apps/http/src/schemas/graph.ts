import { maxDepth, defaultDepth } from '@mentorship/application';
import { Type } from 'typebox';
import { closed, timestamp, nullable, pageParameters } from './common.ts';

export const GraphQuery = Type.Object(
  {
    root: Type.Optional(
      Type.String({
        format: 'text',
        description:
          'The username at the top of the tree. Without it, the graph lists every user who has a mentor, by ascending id.',
        examples: ['alice'],
      }),
    ),
    depth: Type.Optional(
      Type.String({
        format: 'depth',
        description: `How many levels the tree goes down: 1 to ${maxDepth} (default ${defaultDepth}). To go deeper, query again with a leaf as \`root\`.`,
        examples: ['3'],
      }),
    ),
    at: Type.Optional(
      Type.String({
        format: 'timestamp',
        description:
          'A timestamp (RFC 3339): the graph as it was then. Without it, you get the current state. Past states never change.',
        examples: ['2026-01-31T12:00:00Z'],
      }),
    ),
    ...pageParameters('graph-cursor'),
  },
  closed,
);

export const MentorGraph = Type.Object(
  {
    root: nullable({ description: 'The username at the top of the tree; null without `root`.' }),
    at: timestamp({ description: 'The graph as it was at this time.' }),
    edges: Type.Array(
      Type.Object(
        {
          mentor_username: Type.String(),
          mentee_username: Type.String(),
          depth: Type.Integer({ minimum: 1, description: 'How many levels the mentee is below the root.' }),
          started_at: timestamp({ description: 'When this mentorship started.' }),
        },
        closed,
      ),
      {
        description:
          'Each mentee is followed by their own mentees. The mentees of one mentor are sorted by ascending id.',
      },
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
