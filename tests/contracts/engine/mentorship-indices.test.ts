import type { Store } from '@mentorship/adapters/store';
import type { MentorshipRepository } from '@mentorship/application';
import { type MentorshipId, mentorshipStatuses, sides, type UserId } from '@mentorship/domain';
import { test } from 'vitest';
import { addCrowd, another, someone } from '../../support/store/crowd.ts';
import { type Case, expectPlans } from '../../support/store/plans.ts';
import { now, within } from '../../support/records.ts';
import { describeOnEachDatabase, openOn } from '../../support/store/stores.ts';

type Ask = (store: Store) => Promise<unknown>;

const someMentorship = 4000 as MentorshipId;

describeOnEachDatabase('an index', (create, name) => {
  const expectIndexes = async (cases: readonly Case[]) => {
    const database = await create();
    await openOn(database);
    await addCrowd(name, database);
    await expectPlans(name, database, cases);
  };

  test("finds a user's mentorships of each side and status, and what was between two", async () => {
    const page = { before: null, limit: 20 };
    const query = { user: someone, sides, statuses: mentorshipStatuses, now, ...page };
    const indexOf = {
      mentor: /mentorships_(of|active_by)_mentor/,
      // There is at most one that is active, and a handful of requests.
      mentee: /mentorships_(of_mentee|one_active_a_mentee|one_request_a_pair)/,
    };
    await expectIndexes([
      // The newest of each side and status are merged, and looked up by their ids: no more than a page is sorted.
      ...sides.flatMap((side) =>
        mentorshipStatuses.flatMap((status) =>
          [null, 9000].map((before) => {
            const ask: Ask = ({ mentorshipDirectory }) =>
              mentorshipDirectory.list({ ...query, sides: [side], statuses: [status], before });
            return [`${status} as ${side} before ${before}`, indexOf[side], ask, 'sorted'] as const;
          }),
        ),
      ),
      [
        'all',
        /mentorships_of_mentor[^]*mentorships_of_mentee/,
        ({ mentorshipDirectory }) => mentorshipDirectory.list(query),
        'sorted',
      ],
      // The pair in its two orders is two ranges of the index, and few.
      [
        'between two',
        /mentorships_by_pair[^]*mentorships_by_pair/,
        ({ mentorshipDirectory }) => mentorshipDirectory.between({ users: [someone, another], ...page }),
        'sorted',
      ],
      [
        'by id',
        /mentorships_pkey|mentorships USING INTEGER PRIMARY KEY/,
        ({ mentorshipDirectory }) => mentorshipDirectory.find(someMentorship),
      ],
    ]);
  });

  test('finds the graph of mentors of a moment, and whether it goes on', async () => {
    const below = /mentorships_(by_pair|of_mentor) on mentorships below|below USING INDEX mentorships_by_pair/;
    const at = now + 1;
    await expectIndexes(
      [0, 3000].flatMap((after) => {
        const mentees: Ask = ({ mentorshipDirectory }) =>
          mentorshipDirectory.mentees({ mentor: someone, at, after, limit: 20 });
        const links: Ask = ({ mentorshipDirectory }) => mentorshipDirectory.links({ at, after, limit: 20 });
        return [
          [`the mentees after ${after}`, /mentorships_by_pair/, mentees],
          [`the links after ${after}`, /mentorships_of_mentee/, links],
          ...[mentees, links].map((ask) => [`what is below after ${after}`, below, ask] as const),
        ] as const;
      }),
    );
  });

  test('finds what a change of mentorships looks at and writes', async () => {
    const pair = { mentee: 500 as UserId, mentor: 101 as UserId };
    const { mentee } = pair;
    const at = now;
    const ask =
      (work: (mentorships: MentorshipRepository) => Promise<unknown>): Ask =>
      (store) =>
        within(store, 'mentorships', work);
    await expectIndexes([
      // As many as there are above, which is sorted by how far.
      [
        'the mentors above',
        /mentorships_(one_active_a|of)_mentee/,
        ask((to) => to.mentorsAbove(4999 as UserId)),
        'sorted',
      ],
      ['a request', /mentorships_one_request_a_pair/, ask((to) => to.openRequest(pair))],
      ['the active one', /mentorships_(one_active_a|of)_mentee/, ask((to) => to.activeOf(mentee))],
      ['a count of requests', /mentorships_(one_request_a_pair|of_mentee)/, ask((to) => to.countSentRequests(mentee))],
      ['a count of mentees', /mentorships_(active_by|of)_mentor/, ask((to) => to.countMentees(someone))],
      ['what is overdue', /mentorships_(one_request_a_pair|of_mentee)/, ask((to) => to.expireRequests({ mentee, at }))],
      [
        'what is cancelled',
        /mentorships_(one_request_a_pair|of_mentee)/,
        ask((to) => to.cancelRequests({ mentee, reason: 'matched', at })),
      ],
      [
        'what ends with an account',
        /mentorships_[^]*mentorships_(active_by|of)_mentor/,
        ask((to) => to.closeAll({ user: someone, reason: 'account_ended', at })),
      ],
      [
        'the words of an account',
        /mentorships_[^]*mentorships_(by_pair|of_mentor)/,
        ask((to) => to.eraseMessages(someone)),
      ],
      [
        'a version',
        /mentorships_pkey|mentorships USING INTEGER PRIMARY KEY/,
        ask(async (to) => {
          const found = (await to.find(someMentorship))!;
          await to.save({ ...found, version: found.version + 1 });
        }),
      ],
    ]);
  });
});
