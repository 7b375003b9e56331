import type { MentorshipStatus, Party } from '@mentorship/domain';

/** All statuses in the order of responses. */
export const statuses = [
  'requested',
  'active',
  'declined',
  'cancelled',
  'expired',
  'completed',
  'ended',
] as const satisfies readonly MentorshipStatus[];

/** The allowed transitions, stated independently of the domain. */
const rules: readonly (readonly [from: MentorshipStatus, to: MentorshipStatus, by: readonly Party[]])[] = [
  ['requested', 'active', ['recipient']],
  ['requested', 'declined', ['recipient']],
  ['requested', 'cancelled', ['sender', 'service']],
  ['requested', 'expired', ['service']],
  ['active', 'completed', ['sender', 'recipient']],
  ['active', 'ended', ['sender', 'recipient', 'service']],
];

/** The statuses that the party may set. */
export const allowedBy = (party: Party, from: MentorshipStatus): MentorshipStatus[] =>
  statuses.filter((status) => rules.some((rule) => rule[0] === from && rule[1] === status && rule[2].includes(party)));
