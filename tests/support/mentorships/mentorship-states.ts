import type { NamedMentorship, Side } from '@mentorship/domain';
import { type Mentorships, mentorshipsIn } from './mentorships.ts';
import { day } from '../records.ts';
import { createTestApplication, type Member, type TestApplication } from '../test-application.ts';

/** A mentor and a mentee with a mentorship, and two other users. */
export interface Cast {
  readonly app: TestApplication;
  readonly mentorships: Mentorships;
  readonly mentor: Member;
  readonly mentee: Member;
  readonly outsider: Member;
  readonly otherMentor: Member;
}

/** A sequence of use cases that brings a mentorship to a status. */
export interface Way {
  readonly how: string;
  readonly status: NamedMentorship['status'];
  readonly requestedBy: Side;
  /** Whether the status is stored: an overdue request expires before its expiry is stored. */
  readonly stored: boolean;
  readonly run: (cast: Cast) => Promise<NamedMentorship>;
}

export const createCast = async (): Promise<Cast> => {
  const app = createTestApplication();
  const [mentor, mentee] = [await app.join('mona'), await app.join('emil')];
  const [outsider, otherMentor] = [await app.join('sam'), await app.join('nora')];
  return { app, mentorships: mentorshipsIn(app), mentor, mentee, outsider, otherMentor };
};

const openings: Readonly<Record<Side, Way['run']>> = {
  mentee: ({ mentorships, mentee, mentor }) => mentorships.ask(mentee, mentor, 'Please.'),
  mentor: ({ mentorships, mentee, mentor }) => mentorships.offer(mentor, mentee, 'Please.'),
};

/** Makes the mentee name the mentor, with or without an open offer. */
const link = async ({ app, mentorships, mentee, mentor }: Cast): Promise<NamedMentorship> => {
  await app.update(mentee, { mentor: mentor.username });
  return (await mentorships.list(mentee, { statuses: ['active'] }))[0]!;
};

type Step = (cast: Cast, mentorship: NamedMentorship, requestedBy: Side) => Promise<unknown>;

const by = ({ mentor, mentee }: Cast, side: Side): Member => (side === 'mentor' ? mentor : mentee);
const other = (side: Side): Side => (side === 'mentor' ? 'mentee' : 'mentor');
const bySender = (to: NamedMentorship['status']): Step => {
  return (cast, mentorship, side) => cast.mentorships.change(by(cast, side), mentorship, to, { reason: 'Agreed.' });
};
const byRecipient = (to: NamedMentorship['status']): Step => {
  return (cast, mentorship, side) => cast.mentorships.change(by(cast, other(side)), mentorship, to);
};
const nameOtherMentor: Step = ({ app, mentee, otherMentor }) => app.update(mentee, { mentor: otherMentor.username });
const removeMentor: Step = ({ app, mentee }) => app.update(mentee, { mentor: null });
const advanceToExpiry: Step = async ({ app }) => app.clock.advance(14 * day);
/** Another request of the mentee, whose transaction stores the expiry of overdue requests. */
const storeExpiry: Step = async ({ mentorships, mentee, otherMentor }) =>
  mentorships.change(mentee, await mentorships.ask(mentee, otherMentor), 'cancelled');

const afterRequest: readonly (readonly [how: string, status: NamedMentorship['status'], ...steps: Step[]])[] = [
  ['unanswered', 'requested'],
  ['accepted', 'active', byRecipient('active')],
  ['declined', 'declined', byRecipient('declined')],
  ['cancelled', 'cancelled', bySender('cancelled')],
  ['cancelled by another mentorship', 'cancelled', nameOtherMentor],
  ['expired but not stored', 'expired', advanceToExpiry],
  ['expired', 'expired', advanceToExpiry, storeExpiry],
  ['completed', 'completed', byRecipient('active'), bySender('completed')],
  ['ended', 'ended', byRecipient('active'), byRecipient('ended')],
  ['accepted, then replaced', 'ended', byRecipient('active'), nameOtherMentor],
];
const afterLink: typeof afterRequest = [
  ['unanswered', 'active'],
  ['completed', 'completed', byRecipient('completed')],
  ['ended', 'ended', bySender('ended')],
  ['removed', 'ended', removeMentor],
  ['replaced', 'ended', nameOtherMentor],
];

const after = (
  begin: Way['run'],
  requestedBy: Side,
  name: string,
  [how, status, ...steps]: (typeof afterRequest)[number],
): Way => ({
  how: how === 'unanswered' ? name : `${name}, ${how}`,
  status,
  requestedBy,
  stored: how !== 'expired but not stored',
  async run(cast) {
    const mentorship = await begin(cast);
    for (const step of steps) await step(cast, mentorship, requestedBy);
    return cast.mentorships.view(cast.mentee, mentorship);
  },
});

/** Every way to every status. */
export const ways: readonly Way[] = [
  ...afterRequest.map((steps) => after(openings.mentee, 'mentee', 'requested by the mentee', steps)),
  ...afterRequest.map((steps) => after(openings.mentor, 'mentor', 'offered by the mentor', steps)),
  ...afterLink.map((steps) => after(link, 'mentee', 'named by the mentee', steps)),
  after(
    async (cast) => {
      await openings.mentor(cast);
      return link(cast);
    },
    'mentor',
    'offered by the mentor, accepted by naming them',
    ['unanswered', 'active'],
  ),
];
