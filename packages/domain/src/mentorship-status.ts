export const mentorshipStatuses = [
  'requested',
  'active',
  'declined',
  'cancelled',
  'expired',
  'completed',
  'ended',
] as const;
export type MentorshipStatus = (typeof mentorshipStatuses)[number];

/**
 * Who changes a status: the side that sent the request, the side that received it, or the service as a consequence of
 * another change.
 */
export type Party = 'sender' | 'recipient' | 'service';

/** The statuses that can follow each status, and who may set them. Nothing else is allowed. */
const transitions: Readonly<Record<MentorshipStatus, Readonly<Partial<Record<MentorshipStatus, readonly Party[]>>>>> = {
  requested: {
    active: ['recipient'],
    declined: ['recipient'],
    cancelled: ['sender', 'service'],
    expired: ['service'],
  },
  active: { completed: ['sender', 'recipient'], ended: ['sender', 'recipient', 'service'] },
  declined: {},
  cancelled: {},
  expired: {},
  completed: {},
  ended: {},
};

/** The statuses that the party may set. */
export const allowedTransitions = (status: MentorshipStatus, by: Party): MentorshipStatus[] =>
  mentorshipStatuses.filter((to) => transitions[status][to]?.includes(by));
