import type { MentorshipStatus, Party } from '@mentorship/domain';

/** All statuses, in the order in which an answer names them. */
export const statuses = [
  'requested',
  'active',
  'declined',
  'cancelled',
  'expired',
  'completed',
  'ended',
] as const satisfies readonly MentorshipStatus[];

/** What the issue allows, a line each; it allows nothing else. */
const rules: readonly (readonly [from: MentorshipStatus, to: MentorshipStatus, by: readonly Party[]])[] = [
  ['requested', 'active', ['recipient']],
  ['requested', 'declined', ['recipient']],
  ['requested', 'cancelled', ['sender', 'service']],
  ['requested', 'expired', ['service']],
  ['active', 'completed', ['sender', 'recipient']],
  ['active', 'ended', ['sender', 'recipient', 'service']],
];

/** What the party can make of a mentorship, as an answer names it. */
export const allowedBy = (party: Party, from: MentorshipStatus): MentorshipStatus[] =>
  statuses.filter((status) => rules.some((rule) => rule[0] === from && rule[1] === status && rule[2].includes(party)));
