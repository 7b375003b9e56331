/** What a mentorship goes through. */
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

/** Who moves a mentorship on: the side that asked, the side that was asked, or the service, where it follows from something else. */
export type Party = 'sender' | 'recipient' | 'service';

/** Every status that can follow, and by whose word. Nothing outside this table is possible. */
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

/** What the party can make of a mentorship of this status. */
export const allowedTransitions = (status: MentorshipStatus, by: Party): MentorshipStatus[] =>
  mentorshipStatuses.filter((to) => transitions[status][to]?.includes(by));
