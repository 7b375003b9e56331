import {
  type Actor,
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
  type UsernameKey,
} from '@mentorship/domain';
import type { Ports, Repositories } from '../ports/index.ts';
import { requireOpenSession } from '../sessions/require-open-session.ts';
import { loadCandidate } from './load-candidate.ts';

/** Who is asked: a mentor, or a mentee to whom it is offered. Just one of the two. */
export interface MentorshipRequest {
  readonly mentor?: string | null | undefined;
  readonly mentee?: string | null | undefined;
  readonly message?: string | null | undefined;
}

/**
 * Asks a user to be one's mentor, or offers to be theirs.
 * Throws `validation_failed`, what `requireRequestable` throws, and `access_token_refused` when the account or the
 * session has ended meanwhile.
 */
export const requestMentorship =
  ({ storage, clock, policy }: Pick<Ports, 'storage' | 'clock' | 'policy'>) =>
  async ({ actor, request }: { actor: Actor; request: MentorshipRequest }): Promise<NamedMentorship> => {
    const { asked, message } = readRequest(request);
    return storage.atomically(async (repositories) => {
      const { users, mentorships } = repositories;
      const at = await mentorships.lockGraph(clock);
      await requireOpenSession(repositories, actor);
      const self = await users.findById(actor.userId);
      if (self === null) throw refuse('access_token_refused');
      const other = await users.find(asked.name);
      if (other === null)
        throw invalidField(
          asked.side,
          `unknown_${asked.side}`,
          'No user has this name. Send the username of a registered user.',
        );

      const requestedBy = asked.side === 'mentor' ? 'mentee' : 'mentor';
      const [mentor, mentee] = requestedBy === 'mentee' ? [other, self] : [self, other];
      const pair = { mentorId: mentor.id, menteeId: mentee.id };
      await mentorships.expireRequests({ mentee: mentee.id, at });
      const situation = await situationOf(repositories, mentor, mentee);
      requireRequestable({ ...pair, ...situation, requestedBy }, asked.side);
      const id = await mentorships.add(
        newRequest(pair, { requestedBy, message, at, lifetime: policy.requestLifetime }),
      );
      const added = await mentorships.find(id);
      if (added === null) throw new Error('The mentorship that was just added is not there.');
      return added;
    });
  };

const readRequest = (
  request: MentorshipRequest,
): { asked: { side: Side; name: UsernameKey }; message: string | null } => {
  const { mentor, mentee, message } = parseFields({
    mentor: () => optional(parseUsernameKey)(request.mentor),
    mentee: () => {
      if (isSent(request.mentor) && isSent(request.mentee))
        throw new InvalidValue('one_too_many', 'Send either "mentor", to ask, or "mentee", to offer, not both.');
      return optional(parseUsernameKey)(request.mentee);
    },
    message: () => optional(parseMessage)(request.message),
  });
  if (mentor !== null) return { asked: { side: 'mentor', name: mentor }, message };
  if (mentee !== null) return { asked: { side: 'mentee', name: mentee }, message };
  throw invalidField(
    'mentor',
    'required',
    'Name the mentor you ask, or send "mentee" with the name of whom you offer it.',
  );
};

/** What there is between the two, and of the mentee. */
const situationOf = async (repositories: Pick<Repositories, 'mentorships'>, mentor: User, mentee: User) => {
  const { mentorships } = repositories;
  const open = await mentorships.openRequest({ mentee: mentee.id, mentor: mentor.id });
  return {
    candidate: await loadCandidate(repositories, mentor),
    present: await mentorships.activeOf(mentee.id),
    open: open && open.id,
    sent: await mentorships.countSentRequests(mentee.id),
  };
};
