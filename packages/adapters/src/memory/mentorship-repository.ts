import type { MentorshipRepository } from '@mentorship/application';
import {
  type ClosingReason,
  type Mentorship,
  type MentorshipId,
  mentorsAbove,
  type NamedMentorship,
  applyExpiry,
  cameToNothing,
  hasWords,
  sideOf,
  transition,
  type UserId,
  withoutWords,
} from '@mentorship/domain';
import { nextTimestamp } from '../next-timestamp.ts';
import type { Journal, Tables } from './tables.ts';

/** From how many requests one call of `pruneMessages` erases the messages. */
const maxPruned = 100;

export const mentorshipsOf = ({ mentorships, mentorshipsOf }: Tables, user: UserId): Mentorship[] =>
  [...(mentorshipsOf.get(user)?.keys() ?? [])].flatMap((id) => mentorships.get(id) ?? []);

export const named = ({ users }: Tables, mentorship: Mentorship): NamedMentorship => {
  const [mentor, mentee] = [users.get(mentorship.mentorId), users.get(mentorship.menteeId)];
  if (!mentor || !mentee) throw new Error('This mentorship has a user that does not exist.');
  return { ...mentorship, mentorUsername: mentor.username, menteeUsername: mentee.username };
};

export const memoryMentorships = (tables: Tables, journal: Journal): MentorshipRepository => {
  const { mentorships, requestsWithWords, activeMentorships, mentees, counters } = tables;

  const put = (mentorship: Mentorship) => {
    const { id, menteeId, mentorId, status } = mentorship;
    if (status === 'active') {
      const active = activeMentorships.get(menteeId);
      if (active !== undefined && active !== id) throw new Error('This mentee has an active mentorship already.');
      journal.put(activeMentorships, menteeId, id);
      within(journal, mentees, mentorId).add(menteeId);
    } else if (activeMentorships.get(menteeId) === id) {
      journal.remove(activeMentorships, menteeId);
      within(journal, mentees, mentorId).remove(menteeId);
    }
    if (mentorship.startedAt === null && hasWords(mentorship)) journal.put(requestsWithWords, id, true);
    else journal.remove(requestsWithWords, id);
    journal.put(mentorships, id, mentorship);
  };
  const requests = (user: UserId) => mentorshipsOf(tables, user).filter(({ status }) => status === 'requested');
  const requestsOf = (mentee: UserId) => requests(mentee).filter(({ menteeId }) => menteeId === mentee);
  const openRequest = (mentee: UserId, mentor: UserId) =>
    requestsOf(mentee).find(({ mentorId }) => mentorId === mentor) ?? null;

  return {
    // Transactions of this store are serialized, so the graph is locked already.
    async lockGraph(clock) {
      const at = await nextTimestamp(counters.get('graph_changed_at') ?? null, clock);
      journal.put(counters, 'graph_changed_at', at);
      return at;
    },

    async find(id) {
      const mentorship = mentorships.get(id);
      return mentorship ? named(tables, mentorship) : null;
    },

    async activeOf(mentee) {
      const id = activeMentorships.get(mentee);
      return (id !== undefined && mentorships.get(id)) || null;
    },

    openRequest: async ({ mentee, mentor }) => openRequest(mentee, mentor),

    async countSentRequests({ user, side, at }) {
      const sent = requests(user).filter((one) => one.requestedBy === side && sideOf(one, user) === side);
      return sent.filter((one) => applyExpiry(one, at) === one).length;
    },

    async countMentees(mentor) {
      return mentees.get(mentor)?.size ?? 0;
    },

    async mentorsAbove(user) {
      return mentorsAbove(user, (mentee) => {
        const id = activeMentorships.get(mentee);
        return id && mentorships.get(id)?.mentorId;
      });
    },

    async add(mentorship) {
      const { menteeId, mentorId, status } = mentorship;
      if (status === 'requested' && openRequest(menteeId, mentorId))
        throw new Error('This pair has an open request already.');
      const id = (mentorships.size + 1) as MentorshipId;
      put({ ...mentorship, id });
      for (const user of [menteeId, mentorId]) within(journal, tables.mentorshipsOf, user).add(id);
      return id;
    },

    async save({ id, status, reason, startedAt, endedAt, version }) {
      const present = mentorships.get(id);
      if (present?.version !== version - 1) throw new Error('This is not the next version of a mentorship.');
      put({ ...present, status, reason, startedAt, endedAt, version });
    },

    async expireRequests({ mentee, at }) {
      for (const request of requestsOf(mentee)) if (applyExpiry(request, at) !== request) put(applyExpiry(request, at));
    },

    async cancelRequests({ mentee, reason, at }) {
      for (const request of requestsOf(mentee)) put(cancelled(request, reason, at));
    },

    async closeAll({ user, reason, at }) {
      for (const request of requests(user)) put(cancelled(request, reason, at));
      for (const mentorship of mentorshipsOf(tables, user))
        if (mentorship.status === 'active') put(transition(mentorship, 'ended', { by: 'service', reason, at }));
    },

    async eraseMessages(user) {
      for (const mentorship of mentorshipsOf(tables, user)) {
        put(withoutWords(mentorship));
      }
    },

    async pruneMessages(by) {
      const old = requestsWithWords
        .keys()
        .flatMap((id) => [mentorships.get(id) ?? []].flat())
        .filter((request) => cameToNothing(request, by))
        .take(maxPruned)
        .toArray();
      for (const request of old) put(withoutWords(request));
      return old.length;
    },
  };
};

const cancelled = (request: Mentorship, reason: ClosingReason, at: number): Mentorship => {
  const seen = applyExpiry(request, at);
  return seen.status === 'expired' ? seen : transition(seen, 'cancelled', { by: 'service', reason, at });
};

/** The set that a table has under this key, with changes that the journal can undo. */
const within = <Key, Member>(journal: Journal, table: Map<Key, Map<Member, true>>, key: Key) => {
  const members = table.get(key) ?? new Map<Member, true>();
  if (!table.has(key)) journal.put(table, key, members);
  return {
    add: (member: Member) => journal.put(members, member, true),
    remove: (member: Member) => journal.remove(members, member),
  };
};
