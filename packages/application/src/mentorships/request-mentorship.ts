import {
  type Actor,
  type Instant,
  InvalidValue,
  invalidField,
  isSent,
  type NamedMentorship,
  newRequest,
  optional,
  parseFields,
  parseUsernameKey,
  parseMessage,
  refuse,
  requireRequestable,
  type Side,
  type User,
  type UserId,
  type UsernameKey,
} from '@mentorship/domain';
import type { Ports, Repositories } from '../ports/index.ts';
import { requireNoWait } from '../security/count-attempt.ts';
import { requireOpenSession } from '../sessions/require-open-session.ts';
import { loadCandidate } from './load-candidate.ts';

/** A request to `mentor`, or an offer to `mentee`: exactly one of the two is sent. */
export interface MentorshipRequest {
  readonly mentor?: string | null | undefined;
  readonly mentee?: string | null | undefined;
  readonly message?: string | null | undefined;
}

/**
 * Requests a mentor for the actor, or offers the actor as a mentor.
 * Throws `validation_failed`, what `requireRequestable` throws, `too_many_attempts` when the account has used up its
 * `REQUEST_BUDGET`, and `access_token_refused` when the account or the session has ended meanwhile.
 */
export const requestMentorship =
  ({ storage, attemptLimiter, clock, policy }: Pick<Ports, 'storage' | 'attemptLimiter' | 'clock' | 'policy'>) =>
  async ({ actor, request }: { actor: Actor; request: MentorshipRequest }): Promise<NamedMentorship> => {
    const { recipient, message } = readRequest(request);
    return storage.atomically(async (repositories) => {
      const { users, mentorships } = repositories;
      const at = await mentorships.lockGraph(clock);
      await requireOpenSession(repositories, actor);
      const self = await users.findById(actor.userId);
      if (self === null) throw refuse('access_token_refused');
      const other = await users.find(recipient.key);
      if (other === null)
        throw invalidField(
          recipient.side,
          `unknown_${recipient.side}`,
          'No user has this name. Send the username of a registered user.',
        );

      const requestedBy = recipient.side === 'mentor' ? 'mentee' : 'mentor';
      const [mentor, mentee] = requestedBy === 'mentee' ? [other, self] : [self, other];
      const pair = { mentorId: mentor.id, menteeId: mentee.id };
      await mentorships.expireRequests({ mentee: mentee.id, at });
      const sender = { user: self.id, side: requestedBy, at } as const;
      const situation = await loadSituation(repositories, { mentor, mentee, sender });
      requireRequestable({ ...pair, ...situation, requestedBy }, recipient.side);
      if (policy.budgets.request !== null) {
        // In this transaction: a request that is refused stores nothing, so it does not count.
        const attempt = { budget: 'request', subject: String(self.id) } as const;
        const counted = await attemptLimiter.count([attempt], repositories.attempts);
        requireNoWait(Math.max(...counted.map(({ wait }) => wait)));
      }
      const id = await mentorships.add(
        newRequest(pair, { requestedBy, message, at, lifetime: policy.requestLifetime }),
      );
      const added = await mentorships.find(id);
      if (added === null) throw new Error('The mentorship that was just added does not exist.');
      return added;
    });
  };

const readRequest = (
  request: MentorshipRequest,
): { recipient: { side: Side; key: UsernameKey }; message: string | null } => {
  const { mentor, mentee, message } = parseFields({
    mentor: () => optional(parseUsernameKey)(request.mentor),
    mentee: () => {
      if (isSent(request.mentor) && isSent(request.mentee))
        throw new InvalidValue(
          'one_too_many',
          'Send either "mentor" (whom you ask) or "mentee" (whom you offer to mentor), not both.',
        );
      return optional(parseUsernameKey)(request.mentee);
    },
    message: () => optional(parseMessage)(request.message),
  });
  if (mentor !== null) return { recipient: { side: 'mentor', key: mentor }, message };
  if (mentee !== null) return { recipient: { side: 'mentee', key: mentee }, message };
  throw invalidField('mentor', 'required', 'Send "mentor" (whom you ask) or "mentee" (whom you offer to mentor).');
};

/** Loads what the request is checked against. */
const loadSituation = async (
  repositories: Pick<Repositories, 'mentorships'>,
  { mentor, mentee, sender }: { mentor: User; mentee: User; sender: { user: UserId; side: Side; at: Instant } },
) => {
  const { mentorships } = repositories;
  const open = await mentorships.openRequest({ mentee: mentee.id, mentor: mentor.id });
  return {
    candidate: await loadCandidate(repositories, mentor),
    current: await mentorships.activeOf(mentee.id),
    open: open && open.id,
    sent: await mentorships.countSentRequests(sender),
  };
};
