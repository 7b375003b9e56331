import type { Store } from '@mentorship/adapters/store';
import type { UserFilter } from '@mentorship/application';
import { parseSkills, type PasswordHash, skillKey, usernameKey } from '@mentorship/domain';
import { test } from 'vitest';
import { addCrowd, another, someone } from '../../support/store/crowd.ts';
import { type Case, expectPlans } from '../../support/store/plans.ts';
import { now, within } from '../../support/records.ts';
import { describeOnEachDatabase, openOn } from '../../support/store/stores.ts';

type Call = (store: Store) => Promise<unknown>;

describeOnEachDatabase('an index', (create, name) => {
  const expectIndexes = async (cases: readonly Case[]) => {
    const database = await create();
    const store = await openOn(database);
    await addCrowd(name, database);
    await expectPlans(name, database, store, cases);
  };

  const byName = /users_username_key_key on users|users USING INDEX sqlite_autoindex_users_1/;
  const own = (index: string) => new RegExp(`${index} on mentorships own|own USING (COVERING )?INDEX ${index}`);
  const countOfMentees = /_mentor on mentorships mentee|mentee USING COVERING INDEX mentorships_(active_by|of)_mentor/;

  test('finds the users of each filter, on each page', async () => {
    const filters: readonly [title: string, index: RegExp, filter: UserFilter, sorts?: 'sorts'][] = [
      ['no filter', /users_pkey on users|users USING INTEGER PRIMARY KEY/, {}],
      // The index is in the order of names, the page in the order of ids: the users with this prefix are sorted.
      ['prefix', byName, { prefix: usernameKey('user499') }, 'sorts'],
      ['skill', /user_skills_primary_key|sqlite_autoindex_user_skills_1/, { skill: skillKey('skill7/30') }],
      ['accepting', /users_pkey on users|users USING INTEGER PRIMARY KEY/, { accepting: true }],
      ['free places of accepting mentors', countOfMentees, { accepting: true }],
      ['with a mentor', own('mentorships_one_active_a_mentee'), { hasMentor: true }],
      [
        'without a mentor',
        /mentorships_(one_active_a|of)_mentee on mentorships own|own USING COVERING INDEX mentorships_of_mentee/,
        { hasMentor: false },
      ],
      ['mentor', own('mentorships_active_by_mentor'), { mentor: usernameKey('user11') }],
      ['the name of the mentor', byName, { mentor: usernameKey('user11') }],
    ];
    const list =
      (filter: UserFilter, after: number | null, withMentoring: boolean): Call =>
      ({ userDirectory }) =>
        userDirectory.list({ after, limit: 20, withMentoring, ...filter });
    await expectIndexes(
      filters.flatMap(([title, index, filter, sorts]) => [
        [title, index, list(filter, null, false), sorts],
        [`${title}, with mentoring`, index, list(filter, null, true), sorts],
        [`${title}, on a later page`, index, list(filter, 2500, false), sorts],
      ]),
    );
  });

  test('finds the users of all filters together', async () => {
    const filter = { mentor: usernameKey('user11'), prefix: usernameKey('user1'), skill: skillKey('skill7/30') };
    await expectIndexes([
      [
        'all filters',
        countOfMentees,
        ({ userDirectory }) =>
          userDirectory.list({
            ...filter,
            accepting: true,
            hasMentor: true,
            after: 100,
            limit: 20,
            withMentoring: true,
          }),
        // Sorts the few users that pass all filters.
        'sorts',
      ],
    ]);
  });

  test('finds a user by name, and the skills of a user', async () => {
    const bySkills = /user_skills_by_user/;
    await expectIndexes([
      ['a name', byName, ({ userDirectory }) => userDirectory.find(usernameKey('user7'))],
      [
        'replaced skills',
        bySkills,
        (store) => within(store, 'users', (users) => users.change(someone, { skills: parseSkills(['Go']) })),
      ],
      [
        'erased skills',
        bySkills,
        (store) => within(store, 'users', (users) => users.erase(someone, '$hash' as PasswordHash, now)),
      ],
      [
        'an id',
        /users_pkey|users USING INTEGER PRIMARY KEY/,
        (store) => within(store, 'users', (users) => users.findById(another)),
      ],
    ]);
  });
});
