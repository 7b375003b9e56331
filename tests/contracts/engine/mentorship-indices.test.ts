import type { Store } from '@mentorship/adapters/store';
import type { MentorshipRepository } from '@mentorship/application';
import { type MentorshipId, mentorshipStatuses, sides, type UserId } from '@mentorship/domain';
import { test } from 'vitest';
import { addCrowd, another, someone } from '../../support/store/crowd.ts';
import { type Case, expectPlans } from '../../support/store/plans.ts';
import { day, now, within } from '../../support/records.ts';
import { describeOnEachDatabase, openOn } from '../../support/store/stores.ts';

type Call = (store: Store) => Promise<unknown>;

const someMentorship = 4000 as MentorshipId;

describeOnEachDatabase('an index', (create, name) => {
  const expectIndexes = async (cases: readonly Case[]) => {
    const database = await create();
    const store = await openOn(database);
    await addCrowd(name, database);
    await expectPlans(name, database, store, cases);
  };

  test("finds a user's mentorships of each side and status, and those between two users", async () => {
    const page = { before: null, limit: 20 };
    const query = { user: someone, sides, statuses: mentorshipStatuses, now, ...page };
    const indexOf = {
      mentor: /mentorships_(of|active_by)_mentor/,
      // A mentee has at most one active mentorship, and few requests.
      mentee: /mentorships_(of_mentee|one_active_a_mentee|one_request_a_pair)/,
    };
    await expectIndexes([
      // The newest ids of each side and status are merged, then looked up: at most a page of each is sorted.
      ...sides.flatMap((side) =>
        mentorshipStatuses.flatMap((status) =>
          [null, 9000].map((before) => {
            const call: Call = ({ mentorshipDirectory }) =>
              mentorshipDirectory.list({ ...query, sides: [side], statuses: [status], before });
            return [`${status} as ${side} before ${before}`, indexOf[side], call, 'sorts'] as const;
          }),
        ),
      ),
      [
        'all',
        /mentorships_of_mentor[^]*mentorships_of_mentee/,
        ({ mentorshipDirectory }) => mentorshipDirectory.list(query),
        'sorts',
      ],
      // The pair in both orders: two short ranges of the index.
      [
        'between two users',
        /mentorships_by_pair[^]*mentorships_by_pair/,
        ({ mentorshipDirectory }) => mentorshipDirectory.between({ users: [someone, another], ...page }),
        'sorts',
      ],
      [
        'by id',
        /mentorships_pkey|mentorships USING INTEGER PRIMARY KEY/,
        ({ mentorshipDirectory }) => mentorshipDirectory.find(someMentorship),
      ],
    ]);
  });

  test('finds the graph of mentors at a given time, and who has mentees', async () => {
    const below = /mentorships_(by_pair|of_mentor) on mentorships below|below USING INDEX mentorships_by_pair/;
    const at = now + 1;
    await expectIndexes(
      [0, 3000].flatMap((after) => {
        const mentees: Call = ({ mentorshipDirectory }) =>
          mentorshipDirectory.mentees({ mentor: someone, at, after, limit: 20 });
        const links: Call = ({ mentorshipDirectory }) => mentorshipDirectory.links({ at, after, limit: 20 });
        return [
          [`the mentees after ${after}`, /mentorships_by_pair/, mentees],
          [`the links after ${after}`, /mentorships_of_mentee/, links],
          ...[mentees, links].map((call) => [`whether the mentees after ${after} have mentees`, below, call] as const),
        ] as const;
      }),
    );
  });

  test('finds the rows that a change of mentorships reads and writes', async () => {
    const pair = { mentee: 500 as UserId, mentor: 101 as UserId };
    const { mentee } = pair;
    const at = now;
    const call =
      (work: (mentorships: MentorshipRepository) => Promise<unknown>): Call =>
      (store) =>
        within(store, 'mentorships', work);
    await expectIndexes([
      // Sorts the mentors above by their distance: as many as there are.
      [
        'the mentors above',
        /mentorships_(one_active_a|of)_mentee/,
        call((to) => to.mentorsAbove(4999 as UserId)),
        'sorts',
      ],
      ['a request', /mentorships_one_request_a_pair/, call((to) => to.openRequest(pair))],
      ['the active mentorship', /mentorships_(one_active_a|of)_mentee/, call((to) => to.activeOf(mentee))],
      [
        'a count of requests',
        /mentorships_(one_request_a_pair|of_mentee)/,
        call((to) => to.countSentRequests({ user: mentee, side: 'mentee', at })),
      ],
      [
        'a count of offers',
        /mentorships_of_mentor/,
        call((to) => to.countSentRequests({ user: someone, side: 'mentor', at })),
      ],
      ['a count of mentees', /mentorships_(active_by|of)_mentor/, call((to) => to.countMentees(someone))],
      [
        'expired requests',
        /mentorships_(one_request_a_pair|of_mentee)/,
        call((to) => to.expireRequests({ mentee, at })),
      ],
      [
        'cancelled requests',
        /mentorships_(one_request_a_pair|of_mentee)/,
        call((to) => to.cancelRequests({ mentee, reason: 'matched', at })),
      ],
      [
        'the mentorships that end with an account',
        /mentorships_[^]*mentorships_(active_by|of)_mentor/,
        call((to) => to.closeAll({ user: someone, reason: 'account_ended', at })),
      ],
      [
        'the messages of an account',
        /mentorships_[^]*mentorships_(by_pair|of_mentor)/,
        call((to) => to.eraseMessages(someone)),
      ],
      ['old messages', /mentorships_with_words/, call((to) => to.pruneMessages(now - 9 * day))],
      [
        'a version',
        /mentorships_pkey|mentorships USING INTEGER PRIMARY KEY/,
        call(async (to) => {
          const found = (await to.find(someMentorship))!;
          await to.save({ ...found, version: found.version + 1 });
        }),
      ],
    ]);
  });
});
