import type { NamedMentorship, Side } from '@mentorship/domain';
import { type Mentorships, mentorshipsIn } from './mentorships.ts';
import { day } from '../records.ts';
import { createTestApplication, type Member, type TestApplication } from '../test-application.ts';

/** Two, between whom there is a mentorship, and two others. */
export interface Cast {
  readonly app: TestApplication;
  readonly dealings: Mentorships;
  readonly mentor: Member;
  readonly mentee: Member;
  readonly stranger: Member;
  /** Another mentor. */
  readonly elsewhere: Member;
}

/** A way to a status that a mentorship can be in. */
export interface Way {
  readonly how: string;
  readonly status: NamedMentorship['status'];
  readonly requestedBy: Side;
  /** Whether it is kept as it is seen: a request can have expired before anybody writes it down. */
  readonly written: boolean;
  /** What the use cases make, from its beginning. */
  readonly go: (cast: Cast) => Promise<NamedMentorship>;
}

export const gather = async (): Promise<Cast> => {
  const app = createTestApplication();
  const [mentor, mentee] = [await app.join('mona'), await app.join('emil')];
  const [stranger, elsewhere] = [await app.join('sam'), await app.join('nora')];
  return { app, dealings: mentorshipsIn(app), mentor, mentee, stranger, elsewhere };
};

const openings: Readonly<Record<Side, Way['go']>> = {
  mentee: ({ dealings, mentee, mentor }) => dealings.ask(mentee, mentor, 'Please.'),
  mentor: ({ dealings, mentee, mentor }) => dealings.offer(mentor, mentee, 'Please.'),
};

/** Names the mentor, without a request or with one. */
const link = async ({ app, dealings, mentee, mentor }: Cast): Promise<NamedMentorship> => {
  await app.update(mentee, { mentor: mentor.username });
  return (await dealings.list(mentee, { statuses: ['active'] }))[0]!;
};

type Step = (cast: Cast, mentorship: NamedMentorship, requestedBy: Side) => Promise<unknown>;

const by = ({ mentor, mentee }: Cast, side: Side): Member => (side === 'mentor' ? mentor : mentee);
const other = (side: Side): Side => (side === 'mentor' ? 'mentee' : 'mentor');
const bySender = (to: NamedMentorship['status']): Step => {
  return (cast, mentorship, side) => cast.dealings.change(by(cast, side), mentorship, to, { reason: 'So be it.' });
};
const byRecipient = (to: NamedMentorship['status']): Step => {
  return (cast, mentorship, side) => cast.dealings.change(by(cast, other(side)), mentorship, to);
};
const nameAnother: Step = ({ app, mentee, elsewhere }) => app.update(mentee, { mentor: elsewhere.username });
const nameNobody: Step = ({ app, mentee }) => app.update(mentee, { mentor: null });
const letTimePass: Step = async ({ app }) => app.clock.advance(14 * day);
/** Another request of the mentee, in whose transaction those whose time is over are written off. */
const sweep: Step = async ({ dealings, mentee, elsewhere }) =>
  dealings.change(mentee, await dealings.ask(mentee, elsewhere), 'cancelled');

const afterRequest: readonly (readonly [how: string, status: NamedMentorship['status'], ...steps: Step[]])[] = [
  ['unanswered', 'requested'],
  ['accepted', 'active', byRecipient('active')],
  ['declined', 'declined', byRecipient('declined')],
  ['cancelled', 'cancelled', bySender('cancelled')],
  ['overtaken by another mentor', 'cancelled', nameAnother],
  ['expired unwritten', 'expired', letTimePass],
  ['expired', 'expired', letTimePass, sweep],
  ['completed', 'completed', byRecipient('active'), bySender('completed')],
  ['ended', 'ended', byRecipient('active'), byRecipient('ended')],
  ['accepted, then replaced', 'ended', byRecipient('active'), nameAnother],
];
const afterLink: typeof afterRequest = [
  ['unanswered', 'active'],
  ['completed', 'completed', byRecipient('completed')],
  ['ended', 'ended', bySender('ended')],
  ['removed', 'ended', nameNobody],
  ['replaced', 'ended', nameAnother],
];

const after = (
  go: Way['go'],
  requestedBy: Side,
  name: string,
  [how, status, ...steps]: (typeof afterRequest)[number],
): Way => ({
  how: how === 'unanswered' ? name : `${name}, ${how}`,
  status,
  requestedBy,
  written: how !== 'expired unwritten',
  async go(cast) {
    const begun = await go(cast);
    for (const step of steps) await step(cast, begun, requestedBy);
    return cast.dealings.view(cast.mentee, begun);
  },
});

/** Every way there is to every status. */
export const ways: readonly Way[] = [
  ...afterRequest.map((steps) => after(openings.mentee, 'mentee', 'asked for by the mentee', steps)),
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
