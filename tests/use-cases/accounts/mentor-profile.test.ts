import type { ProfileUpdate } from '@mentorship/application';
import type { MentorProfile } from '@mentorship/domain';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { everythingIn, type Mentorships, mentorshipsIn } from '../../support/mentorships/mentorships.ts';
import { type RepositoryCall, recordingStorage } from '../../support/store/recording-storage.ts';
import { fieldsRefused, refusal } from '../../support/refusals.ts';
import { createTestApplication, type Member, password, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let calls: RepositoryCall[];
let mentorships: Mentorships;
let bob: Member;
let alice: Member;
beforeEach(async () => {
  calls = [];
  app = createTestApplication(({ storage }) => ({ storage: recordingStorage(storage, (call) => calls.push(call)) }));
  mentorships = mentorshipsIn(app);
  bob = await app.join('bob', { email: 'b@example.com' });
  alice = await app.join('alice');
});

const defaults: MentorProfile = { mentorPolicy: 'open', mentorCapacity: null, bio: null, skills: [] };
const customised: ProfileUpdate = {
  mentorPolicy: 'approval',
  mentorCapacity: 3,
  bio: 'I teach.',
  skills: ['Go', 'C++'],
};

test('a user who has never set a profile is shown without one', async () => {
  for (const member of [bob, alice]) {
    const view = await app.viewUser({ actor: member.actor, userId: bob.id });
    for (const field of Object.keys(defaults)) expect(view).not.toHaveProperty(field);
  }
});

describe('the first field that is set shows the profile, with defaults for the rest:', () => {
  test.each<[ProfileUpdate, changed: object]>([
    [{ mentorPolicy: 'open' }, {}],
    [{ mentorPolicy: 'approval' }, { mentorPolicy: 'approval' }],
    [{ mentorPolicy: 'closed' }, { mentorPolicy: 'closed' }],
    [{ mentorCapacity: null }, {}],
    [{ mentorCapacity: 0 }, { mentorCapacity: 0 }],
    [{ mentorCapacity: 2 ** 31 - 1 }, { mentorCapacity: 2 ** 31 - 1 }],
    [{ bio: ' I\n\tteach. ' }, { bio: ' I\n\tteach. ' }],
    [{ bio: '😀'.repeat(2000) }, { bio: '😀'.repeat(2000) }],
    [{ bio: '' }, {}],
    [{ bio: ' \n' }, {}],
    [{ bio: null }, {}],
    [{ skills: [' Ｇｏ ', 'C++', 'go'] }, { skills: ['Go', 'C++'] }],
    [{ skills: [] }, {}],
    [customised, customised],
  ])('%j', async (update, changed) => {
    const before = await app.own(bob);
    const after = { ...before, ...defaults, ...changed };
    expect(await app.update(bob, update)).toStrictEqual(after);
    const { password: _, ...shown } = after;
    expect(await app.viewUser({ actor: alice.actor, userId: bob.id })).toStrictEqual(shown);
    expect(await app.own(alice)).not.toHaveProperty('mentorPolicy');
  });
});

describe('one field changes alone:', () => {
  test.each<[ProfileUpdate]>([
    [{ mentorPolicy: 'closed' }],
    [{ mentorCapacity: null }],
    [{ mentorCapacity: 1 }],
    [{ bio: null }],
    [{ bio: 'I learn.' }],
    [{ skills: [] }],
    [{ skills: ['C++', 'Go'] }],
  ])('%j', async (update) => {
    const before = await app.update(bob, customised);
    expect(await app.update(bob, update)).toStrictEqual({ ...before, ...update });
  });

  test('concurrent updates of different fields are all kept, in any order', async () => {
    const updates = Object.entries(customised).map(([field, value]) => ({ [field]: value }));
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(updates, { minLength: updates.length }), async (shuffled) => {
        const app = createTestApplication();
        const bob = await app.join('bob');
        await Promise.all(shuffled.map((update) => app.update(bob, update)));
        expect(await app.own(bob)).toMatchObject(customised);
      }),
      { numRuns: 24 },
    );
  });
});

describe('only fields that were sent are written, and only policy and capacity lock the graph:', () => {
  test.each<[ProfileUpdate, locks: boolean]>([
    [{ bio: 'I teach.' }, false],
    [{ skills: ['Go'] }, false],
    [{ bio: null, skills: [], phone: '112' }, false],
    [{ mentorPolicy: 'open' }, true],
    [{ mentorCapacity: null }, true],
    [{ mentorCapacity: 3, bio: 'I teach.' }, true],
  ])('%j', async (update, locks) => {
    calls.length = 0;
    await app.update(bob, update);
    expect(calls.filter(([name]) => name === 'users.change')).toStrictEqual([['users.change', bob.id, update, null]]);
    expect(calls.findIndex(([name]) => name === 'mentorships.lockGraph')).toBe(locks ? 0 : -1);
  });
});

describe('nothing changes', () => {
  const expectRefused = async (update: ProfileUpdate, refused: object): Promise<void> => {
    const before = await everythingIn(app, [bob, alice]);
    await expect(app.update(bob, { phone: '911', password: 'a new password', ...update })).rejects.toMatchObject(
      refused,
    );
    expect(await everythingIn(app, [bob, alice])).toStrictEqual(before);
  };

  test.each<[ProfileUpdate, ...fields: [string, string][]]>([
    [{ mentorCapacity: -1 }, ['mentorCapacity', 'invalid_capacity']],
    [{ mentorCapacity: 1.5 }, ['mentorCapacity', 'invalid_capacity']],
    [{ mentorCapacity: 2 ** 31 }, ['mentorCapacity', 'invalid_capacity']],
    [{ bio: 'x'.repeat(2001) }, ['bio', 'too_long']],
    [{ bio: 'I \u0007teach.' }, ['bio', 'invalid_text']],
    [{ skills: [''] }, ['skills', 'required']],
    [{ skills: ['Go', 'x'.repeat(51)] }, ['skills', 'too_long']],
    [{ skills: ['Go\u200b'] }, ['skills', 'invalid_skill']],
    [{ skills: ['\0'] }, ['skills', 'invalid_text']],
    [{ skills: Array.from({ length: 51 }, (_, index) => `skill ${index}`) }, ['skills', 'too_many']],
    [
      { email: 'x', mentorCapacity: -1, bio: '\0', skills: [' '], id: 99 },
      ['email', 'invalid_email'],
      ['mentorCapacity', 'invalid_capacity'],
      ['bio', 'invalid_text'],
      ['skills', 'required'],
      ['id', 'read_only'],
    ],
  ])('with an invalid field: %j', async (update, ...fields) => {
    await expectRefused(update, fieldsRefused(...fields));
  });

  test('with a capacity below the number of mentees', async () => {
    for (const name of ['carol', 'dave']) await app.join(name, { mentorUsername: 'bob' });
    for (const capacity of [0, 1]) {
      const refused = refusal('capacity_below_mentees', { capacity, mentees: 2 });
      await expectRefused({ mentorCapacity: capacity, mentorPolicy: 'closed', mentor: 'alice' }, refused);
    }
    await mentorships.change(bob, (await mentorships.list(bob))[0]!, 'completed');
    await expectRefused({ mentorCapacity: 0 }, refusal('capacity_below_mentees', { capacity: 0, mentees: 1 }));
    expect(await app.update(bob, { mentorCapacity: 1 })).toMatchObject({ mentorCapacity: 1 });
  });

  test('by a session that has ended', async () => {
    const other = await app.logInAgain(bob);
    await app.logOut({ ...other, actor: bob.actor });
    for (const update of [{ bio: 'x' }, { mentorPolicy: 'closed' }, { mentorCapacity: 0 }, { skills: ['x'] }] as const)
      await expect(app.update(other, update)).rejects.toMatchObject(refusal('access_token_refused', {}));
    expect(await app.own(bob)).not.toHaveProperty('bio');
  });
});

test.each([2, 3, null])('accepts a capacity of at least the number of mentees: %j', async (mentorCapacity) => {
  for (const name of ['carol', 'dave']) await app.join(name, { mentorUsername: 'bob' });
  expect(await app.update(bob, { mentorCapacity })).toMatchObject({ mentorCapacity, mentees: ['carol', 'dave'] });
});

test('open requests do not count as mentees, and stay open when the capacity falls', async () => {
  const [request, offer] = [await mentorships.ask(alice, bob), await mentorships.offer(bob, await app.join('carol'))];
  await app.update(bob, { mentorCapacity: 0, mentorPolicy: 'closed' });
  for (const one of [request, offer]) expect(await mentorships.view(bob, one)).toStrictEqual(one);
});

test('sending the own detail back changes nothing', async () => {
  await app.update(bob, { ...customised, mentor: 'alice' });
  await app.join('carol');
  await mentorships.change(bob, await mentorships.ask(await app.join('dave'), bob), 'active');
  const before = await everythingIn(app, [bob, alice]);
  const { moreMenteesAfter: _, ...detail } = await app.own(bob);
  expect(await app.update(bob, detail as ProfileUpdate)).toStrictEqual(before.details[0]);
  expect(await everythingIn(app, [bob, alice])).toStrictEqual(before);
});

test('the profile is erased with the account, and the next user of the name has none', async () => {
  await app.update(bob, { ...customised, mentorPolicy: 'closed' });
  await app.endAccount({ actor: bob.actor, currentPassword: password });
  const next = await app.join('bob');
  expect(await app.own(next)).not.toHaveProperty('mentorPolicy');
  expect(await app.update(alice, { mentor: 'bob' })).toMatchObject({ mentorUsername: 'bob' });
});
