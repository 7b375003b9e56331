import { type ProfileUpdate, storageUnavailable } from '@mentorship/application';
import type { UserId } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { recordingStorage } from '../../support/store/recording-storage.ts';
import { fieldsRefused, unavailability, refusal } from '../../support/refusals.ts';
import {
  createTestApplication,
  policy,
  type Member,
  password,
  type TestApplication,
} from '../../support/test-application.ts';

const newPassword = 'a new password';

let app: TestApplication;
let bob: Member;
let alice: Member;
beforeEach(async () => {
  app = createTestApplication();
  await joinAll();
});

const joinAll = async (): Promise<void> => {
  bob = await app.join('Bob');
  await app.join('Carol');
  alice = await app.join('alice', { email: 'a@example.com', phone: '112', mentorUsername: 'bob' });
};

describe('one field changes alone', () => {
  test.each<[ProfileUpdate, object]>([
    [{ email: ' new@example.com ' }, { email: 'new@example.com' }],
    [{ email: null }, { email: null }],
    [{ email: '' }, { email: null }],
    [{ phone: '123-456-7890' }, { phone: '123-456-7890' }],
    [{ phone: null }, { phone: null }],
    [{ phone: ' ' }, { phone: null }],
    [{ mentor: ' cAROL ' }, { mentorUsername: 'Carol' }],
    [{ mentor: 'bob' }, { mentorUsername: 'Bob' }],
    [{ mentor: null }, { mentorUsername: null }],
    [{ mentor: '' }, { mentorUsername: null }],
    [{ password: newPassword }, {}],
    [{}, {}],
  ])('%j', async (update, changed) => {
    const before = await app.own(alice);
    const after = { ...before, ...changed };
    expect(await app.update(alice, update)).toStrictEqual(after);
    expect(await app.own(alice)).toStrictEqual(after);
  });
});

test('all fields change at once', async () => {
  const update = { email: 'new@example.com', phone: '911', mentor: 'carol', password: newPassword };
  await app.update(alice, update);
  expect(await app.own(await app.logInAgain(alice, newPassword))).toMatchObject({
    email: 'new@example.com',
    phone: '911',
    mentorUsername: 'Carol',
  });
});

describe('only fields that were sent are written', () => {
  test.each<[ProfileUpdate, object]>([
    [{ email: null }, { email: null }],
    [{ phone: '911' }, { phone: '911' }],
    [{ password: newPassword }, { passwordHash: expect.stringMatching(/^plain\$/) as string }],
    [{ mentor: 'carol' }, {}],
    [{}, {}],
  ])('%j', async (update, written) => {
    const changes: unknown[] = [];
    app = createTestApplication(({ storage }) => ({
      storage: recordingStorage(storage, (call) => {
        if (call[0] === 'users.change') changes.push(call[2]);
      }),
    }));
    await joinAll();
    await app.update(alice, update);
    expect(Object.assign({}, ...changes)).toStrictEqual(written);
  });

  test('so that a concurrent change is kept', async () => {
    app.meanwhile(() => app.update(alice, { email: 'new@example.com', mentor: 'carol' }));
    expect(await app.update(alice, { password: newPassword, phone: '911' })).toMatchObject({
      email: 'new@example.com',
      phone: '911',
      mentorUsername: 'Carol',
    });
    await expect(app.logInAgain(alice, newPassword)).resolves.toHaveProperty('access');
  });
});

describe('a new password', () => {
  test('replaces the old one', async () => {
    await app.update(alice, { password: newPassword });
    await expect(app.logInAgain(alice, newPassword)).resolves.toHaveProperty('access');
    await expect(app.logInAgain(alice, password)).rejects.toMatchObject(refusal('invalid_credentials'));
  });

  test('ends the user’s other sessions, but not this one or another user’s', async () => {
    const others = [await app.logInAgain(alice), await app.logInAgain(alice)];
    await app.update(alice, { password: newPassword });
    for (const other of others) {
      await expect(app.authenticate({ token: other.access })).rejects.toMatchObject(refusal('access_token_refused'));
      await expect(app.refreshAccess(other)).rejects.toMatchObject(refusal('refresh_token_refused'));
    }
    for (const member of [alice, bob]) {
      expect(await app.authenticate({ token: member.access })).toEqual(member.actor);
      await expect(app.refreshAccess(member)).resolves.toHaveProperty('access');
    }
  });

  test.each<[ProfileUpdate]>([[{ email: null, phone: null, mentor: null }], [{ password: 'plain$cost=0$********' }]])(
    'ends them, but %j does not',
    async (update) => {
      const other = await app.logInAgain(alice);
      await app.update(alice, update);
      expect(await app.authenticate({ token: other.access })).toEqual(other.actor);
    },
  );

  test('may equal the old one, and still ends the other sessions', async () => {
    const other = await app.logInAgain(alice);
    await app.update(alice, { password });
    await expect(app.refreshAccess(other)).rejects.toMatchObject(refusal('refresh_token_refused'));
    await expect(app.logInAgain(alice)).resolves.toHaveProperty('access');
  });
});

describe('sending the own detail back', () => {
  const asRead = async (): Promise<ProfileUpdate> => {
    const { moreMenteesAfter: _, ...detail } = await app.own(alice);
    return detail;
  };

  test.each(['masked', 'hash'] as const)('changes nothing, with the password shown %s', async (passwordDisplay) => {
    app = createTestApplication(() => ({ policy: { ...policy, passwordDisplay } }));
    await joinAll();
    await app.join('mentee', { mentorUsername: 'alice' });
    const [before, other] = [await app.own(alice), await app.logInAgain(alice)];
    expect(await app.update(alice, { ...(await asRead()), mentor: 'Bob' })).toStrictEqual(before);
    await expect(app.logInAgain(alice)).resolves.toHaveProperty('access');
    expect(await app.authenticate({ token: other.access })).toEqual(other.actor);
  });

  test.each([
    '$argon2id$v=19$m=65536,t=3,p=4$********',
    '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$ZGlnZXN0ZGlnZXN0ZGlnZXN0ZGlnZXN0ZGlnZXN0ZGk',
    'pbkdf2_sha256$600000$********',
  ])('refuses a hash that is not the current one: %s', async (password) => {
    await expect(app.update(alice, { ...(await asRead()), password })).rejects.toMatchObject({
      code: 'validation_failed',
      details: { errors: [{ field: 'password', code: 'read_only' }] },
    });
    await expect(app.logInAgain(alice)).resolves.toHaveProperty('access');
  });

  test('changes only the fields that differ', async () => {
    const before = await app.own(alice);
    expect(await app.update(alice, { ...(await asRead()), phone: '911' })).toStrictEqual({ ...before, phone: '911' });
  });

  test.each<[keyof ProfileUpdate, ProfileUpdate, hint: RegExp]>([
    ['id', { id: 1 }, /leave it out/],
    ['username', { username: 'Alice' }, /leave it out/],
    ['mentorUsername', { mentorUsername: 'Carol' }, /"mentor"/],
    ['mentorUsername', { mentorUsername: null }, /"mentor"/],
    ['mentees', { mentees: ['Bob'] }, /leave it out/],
  ])('refuses a changed %s, with a hint, and changes nothing: %j', async (field, changed, hint) => {
    const before = await app.own(alice);
    await expect(app.update(alice, { ...(await asRead()), phone: '911', ...changed })).rejects.toMatchObject({
      code: 'validation_failed',
      details: { errors: [{ field, code: 'read_only', message: expect.stringMatching(hint) as string }] },
    });
    expect(await app.own(alice)).toStrictEqual(before);
  });
});

describe('a stored value that new rules refuse', () => {
  const old = {
    email: 'no at sign',
    phone: 'call me',
    bio: 'x'.repeat(3000),
    skills: ['x'.repeat(80), ' \u200b'],
    mentorCapacity: -1,
    mentorPolicy: 'open',
  };
  const worse = { email: 'no at', phone: 'call', bio: 'y'.repeat(3000), skills: ['y'.repeat(80)], mentorCapacity: -2 };
  const withOld = async () => {
    await app.ports.storage.atomically(({ users }) => users.change(alice.id, old as never));
    return app.own(alice);
  };

  test.each(Object.keys(old) as (keyof typeof old)[])('is accepted unchanged: %s', async (field) => {
    const before = await withOld();
    const update = { [field]: before[field], mentor: 'carol' };
    expect(await app.update(alice, update)).toStrictEqual({ ...before, mentorUsername: 'Carol' });
  });

  test.each(Object.entries(worse))('is not changed to another one: %s', async (field, value) => {
    const before = await withOld();
    const changing = app.update(alice, { ...before, password: before.password!, [field]: value });
    await expect(changing).rejects.toMatchObject({ details: { errors: [{ field }] } });
    expect(await app.own(alice)).toStrictEqual(before);
  });
});

describe('an invalid update', () => {
  test('lists all invalid fields at once', async () => {
    const update: ProfileUpdate = { email: 'x', phone: 'x', mentor: '\0', password: 'short', id: 1, username: 'x' };
    await expect(app.update(alice, { ...update, mentorUsername: 'x', mentees: ['x'] })).rejects.toMatchObject(
      fieldsRefused(
        ['email', 'invalid_email'],
        ['phone', 'invalid_phone'],
        ['mentor', 'invalid_text'],
        ['password', 'too_short'],
        ['id', 'read_only'],
        ['username', 'read_only'],
        ['mentorUsername', 'read_only'],
        ['mentees', 'read_only'],
      ),
    );
  });

  test.each<[string, ProfileUpdate, object]>([
    ['an invalid email', { email: 'x' }, fieldsRefused(['email', 'invalid_email'])],
    ['an empty password', { password: '' }, fieldsRefused(['password', 'too_short'])],
    ['an unknown mentor', { mentor: 'unknown' }, fieldsRefused(['mentor', 'unknown_mentor'])],
    ['the user as their own mentor', { mentor: 'ALICE' }, refusal('self_mentoring', { field: 'mentor' })],
    ['a mentee as mentor', { mentor: 'DAVE' }, refusal('mentor_cycle', { field: 'mentor', mentor: 'Dave' })],
    ['a mentee’s mentee as mentor', { mentor: 'eve' }, refusal('mentor_cycle', { field: 'mentor', mentor: 'eve' })],
  ])('with %s changes nothing', async (_, wrong, refused) => {
    await app.join('Dave', { mentorUsername: 'alice' });
    await app.join('eve', { mentorUsername: 'dave' });
    await expectNothingKept({ email: null, phone: '911', password: newPassword, ...wrong }, refused);
  });

  /** The repository call that fails; empty for none. */
  let fail = '';
  const steps = [
    'mentorships.lockGraph',
    'mentorships.save',
    'mentorships.add',
    'mentorships.cancelRequests',
    'users.change',
    'sessions.end',
  ];
  test.each(steps)('changes nothing when the store fails at %s', async (step) => {
    app = createTestApplication(({ storage }) => ({
      storage: recordingStorage(storage, ([name]) => {
        if (name === fail) throw storageUnavailable();
      }),
    }));
    await joinAll();
    const update = { email: null, phone: '911', mentor: 'carol', password: newPassword };
    await expectNothingKept(update, unavailability('storage_unavailable'), step);
  });

  const expectNothingKept = async (update: ProfileUpdate, refused: object, step = ''): Promise<void> => {
    const [before, mentors, other] = [await app.own(alice), await app.mentors(), await app.logInAgain(alice)];
    fail = step;
    await expect(app.update(alice, update)).rejects.toMatchObject(refused);
    fail = '';
    expect(await app.own(alice)).toStrictEqual(before);
    expect(await app.mentors()).toEqual(mentors);
    expect(await app.authenticate({ token: other.access })).toEqual(other.actor);
    await expect(app.logInAgain(alice)).resolves.toHaveProperty('access');
  };
});

describe('another user', () => {
  test.each([
    ['who exists', () => bob.id],
    ['who does not exist', () => 99 as UserId],
  ])('%s cannot be updated, with any input', async (_, other) => {
    for (const update of [{}, { phone: '911' }, { email: 'x', id: 7 }])
      await expect(app.updateProfile({ actor: alice.actor, userId: other(), update })).rejects.toMatchObject(
        refusal('not_yourself', {}),
      );
    expect(await app.own(bob)).toMatchObject({ phone: null });
  });
});

test('a session that has ended meanwhile changes nothing', async () => {
  const app = createTestApplication();
  const alice = await app.join('alice');
  await app.join('bob');
  const other = await app.logInAgain(alice);
  await app.logOut({ ...other, actor: alice.actor });
  for (const update of [{ email: 'new@example.com' }, { mentor: 'bob' }, { phone: null, mentor: 'bob' }])
    await expect(app.update(other, update)).rejects.toMatchObject(refusal('access_token_refused'));
  expect(await app.own(alice)).toMatchObject({ email: null, mentorUsername: null });
});
