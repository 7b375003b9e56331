import type { MentorshipRepository } from '@mentorship/application';
import { type Instant, type MentorshipEndReason, mentorsAbove, type UserId } from '@mentorship/domain';
import type { Journal, Tables } from './tables.ts';

export const memoryMentorships = (
  { openMentorships, endedMentorships, mentees }: Tables,
  journal: Journal,
): MentorshipRepository => {
  const end = (mentee: UserId, reason: MentorshipEndReason, at: Instant) => {
    const open = openMentorships.get(mentee);
    if (!open) return;
    journal.remove(openMentorships, mentee);
    journal.remove(mentees.get(open.mentorId) ?? new Map<UserId, true>(), mentee);
    journal.put(endedMentorships, endedMentorships.size, { ...open, endedAt: at, endReason: reason });
  };

  return {
    // Transactions of this store run one at a time: the graph is locked already.
    async lockGraph() {},

    async mentorOf(mentee) {
      return openMentorships.get(mentee)?.mentorId ?? null;
    },

    async mentorsAbove(user) {
      return mentorsAbove(user, (mentee) => openMentorships.get(mentee)?.mentorId);
    },

    async begin({ mentee, mentor, at }) {
      if (openMentorships.has(mentee)) throw new Error('This mentee has an open mentorship already.');
      const mentorship = { menteeId: mentee, mentorId: mentor, beganAt: at, endedAt: null, endReason: null };
      journal.put(openMentorships, mentee, mentorship);
      const theirs = mentees.get(mentor) ?? new Map<UserId, true>();
      if (!mentees.has(mentor)) journal.put(mentees, mentor, theirs);
      journal.put(theirs, mentee, true);
    },

    async end({ mentee, reason, at }) {
      end(mentee, reason, at);
    },

    async endAll({ user, reason, at }) {
      for (const mentee of [user, ...(mentees.get(user)?.keys() ?? [])]) end(mentee, reason, at);
    },
  };
};
