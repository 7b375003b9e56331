import type { ProfileUpdate } from '@mentorship/application';
import { beforeEach, describe, expect, test } from 'vitest';
import { everythingIn, type Mentorships, mentorshipsIn, storedIn } from '../../support/mentorships/mentorships.ts';
import { day, hour } from '../../support/records.ts';
import { fieldsRefused, refusal } from '../../support/refusals.ts';
import { createTestApplication, type Member, password, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let mentorships: Mentorships;
let bob: Member;
let alice: Member;
let carol: Member;
beforeEach(async () => {
  app = createTestApplication();
  mentorships = mentorshipsIn(app);
  bob = await app.join('Bob');
  alice = await app.join('alice');
  carol = await app.join('carol', { mentorUsername: 'bob' });
});

/** Profiles that refuse a new mentee by name, for a mentor with one mentee; and profiles that accept one. */
const refusing = [
  [{ mentorPolicy: 'approval' }, 'mentor_requires_approval'],
  [{ mentorPolicy: 'closed' }, 'mentor_closed'],
  [{ mentorCapacity: 1 }, 'mentor_full'],
  [{ mentorPolicy: 'approval', mentorCapacity: 2 }, 'mentor_requires_approval'],
  [{ mentorPolicy: 'closed', mentorCapacity: 1 }, 'mentor_closed'],
] as const satisfies readonly [ProfileUpdate, string][];
const accepting: readonly ProfileUpdate[] = [
  { bio: 'I teach.' },
  { mentorPolicy: 'open' },
  { mentorCapacity: 2 },
  { mentorPolicy: 'open', mentorCapacity: null, skills: ['Go'] },
];

describe('a mentor with the profile', () => {
  test.each(refusing)('%j refuses a registration: %s', async (choice, code) => {
    await app.update(bob, choice);
    const before = await everythingIn(app, [bob, alice, carol]);
    const registering = app.registerUser({ username: 'dave', password, mentorUsername: 'bob' });
    await expect(registering).rejects.toMatchObject(fieldsRefused(['mentorUsername', code]));
    expect(await everythingIn(app, [bob, alice, carol])).toStrictEqual(before);
    expect(await app.join('DAVE')).toMatchObject({ id: 4, username: 'DAVE' });
  });

  test.each(accepting)('%j accepts a registration', async (choice) => {
    await app.update(bob, choice);
    const dave = await app.join('dave', { mentorUsername: 'bob' });
    expect(await app.own(dave)).toMatchObject({ mentorUsername: 'Bob' });
  });

  test.each(refusing)('%j refuses a change of mentor and with it the whole update: %s', async (choice, code) => {
    await app.update(bob, choice);
    const before = await everythingIn(app, [bob, alice, carol]);
    const update = { mentor: 'bob', email: 'a@example.com', bio: 'I learn.', password: 'a new password' };
    await expect(app.update(alice, update)).rejects.toMatchObject(refusal(code, { field: 'mentor', mentor: 'Bob' }));
    expect(await everythingIn(app, [bob, alice, carol])).toStrictEqual(before);
  });

  test.each(accepting)('%j accepts a change of mentor', async (choice) => {
    await app.update(bob, choice);
    expect(await app.update(alice, { mentor: 'bob' })).toMatchObject({ mentorUsername: 'Bob' });
  });

  test.each(refusing)('%j stays the mentor of a mentee who names them again: not %s', async (...[choice]) => {
    await app.update(bob, choice);
    const before = await everythingIn(app, [bob, alice, carol]);
    await app.update(carol, { mentor: 'BOB' });
    expect(await everythingIn(app, [bob, alice, carol])).toStrictEqual(before);
  });

  test.each([
    ['approval', 'mentor_requires_approval'],
    ['closed', 'mentor_closed'],
  ] as const)('%s refuses a mentee who has left: %s', async (mentorPolicy, code) => {
    await app.update(bob, { mentorPolicy });
    await app.update(carol, { mentor: '' });
    await expect(app.update(carol, { mentor: 'bob' })).rejects.toMatchObject(refusal(code));
  });
});

describe('naming a mentor who has offered', () => {
  test.each<[ProfileUpdate]>([
    [{ mentorPolicy: 'open' }],
    [{ mentorPolicy: 'approval' }],
    [{ mentorPolicy: 'closed' }],
    [{ mentorPolicy: 'closed', mentorCapacity: 2 }],
  ])('accepts the offer, with the profile %j', async (choice) => {
    await app.update(bob, choice);
    const offer = await mentorships.offer(bob, alice, 'Shall I?');
    app.clock.advance(hour);
    await app.update(alice, { mentor: 'bob' });
    const startedAt = app.clock.now();
    expect(await mentorships.between(alice, bob)).toStrictEqual([
      { ...offer, status: 'active', startedAt, version: 2 },
    ]);
    expect(await app.own(alice)).toMatchObject({ mentorUsername: 'Bob' });
  });

  test('replaces the current mentor and cancels all other open requests', async () => {
    const dave = await app.join('dave');
    const offer = await mentorships.offer(dave, carol);
    const other = await mentorships.ask(carol, alice);
    await app.update(carol, { mentor: 'dave' });
    const [current, accepted, cancelled] = await storedIn(app);
    expect(current).toMatchObject({ mentorId: bob.id, status: 'ended', reason: 'replaced' });
    expect(accepted).toMatchObject({ id: offer.id, status: 'active', reason: null });
    expect(cancelled).toMatchObject({ id: other.id, status: 'cancelled', reason: 'matched' });
  });

  test('is refused without a free place, and keeps the offer open', async () => {
    await app.update(bob, { mentorCapacity: 1 });
    const offer = await mentorships.offer(bob, alice);
    const name = () => app.update(alice, { mentor: 'bob' });
    await expect(name()).rejects.toMatchObject(refusal('mentor_full', { field: 'mentor', mentor: 'Bob' }));
    expect(await mentorships.view(alice, offer)).toStrictEqual(offer);
    await app.update(carol, { mentor: null });
    await name();
    expect(await mentorships.view(alice, offer)).toMatchObject({ status: 'active' });
  });

  test('ignores an overdue offer, and stores its expiry', async () => {
    const offer = await mentorships.offer(bob, alice);
    await app.update(bob, { mentorPolicy: 'approval' });
    app.clock.advance(14 * day);
    const name = () => app.update(alice, { mentor: 'bob' });
    await expect(name()).rejects.toMatchObject(refusal('mentor_requires_approval'));
    await app.update(bob, { mentorPolicy: 'open' });
    await name();
    const stored = await storedIn(app);
    expect(stored[offer.id - 1]).toStrictEqual({ ...offer, status: 'expired', endedAt: offer.expiresAt, version: 2 });
    expect(stored.at(-1)).toMatchObject({ status: 'active', requestedBy: 'mentee', expiresAt: null, version: 1 });
  });

  test('ignores offers to other users and declined offers', async () => {
    await mentorships.offer(bob, await app.join('dave'));
    await mentorships.change(alice, await mentorships.offer(bob, alice), 'declined');
    await app.update(bob, { mentorPolicy: 'approval' });
    await expect(app.update(alice, { mentor: 'bob' })).rejects.toMatchObject(refusal('mentor_requires_approval'));
  });
});

describe('naming a mentor to whom the mentee has sent a request', () => {
  test('is refused when the mentor requires approval', async () => {
    const asked = await mentorships.ask(alice, bob);
    await app.update(bob, { mentorPolicy: 'approval' });
    await expect(app.update(alice, { mentor: 'bob' })).rejects.toMatchObject(refusal('mentor_requires_approval'));
    expect(await mentorships.view(alice, asked)).toStrictEqual(asked);
  });

  test('begins a new mentorship when the mentor is open, and cancels the request', async () => {
    const asked = await mentorships.ask(alice, bob);
    await app.update(alice, { mentor: 'bob' });
    expect(await mentorships.between(alice, bob)).toMatchObject([
      { status: 'active', startedAt: app.clock.now(), expiresAt: null, message: null },
      { id: asked.id, status: 'cancelled', reason: 'matched' },
    ]);
  });
});

describe('other open requests of the mentee', () => {
  test('are cancelled when they name a mentor, also offers, but not other users’ requests', async () => {
    const dave = await app.join('dave');
    const made = [await mentorships.ask(alice, carol), await mentorships.offer(dave, alice)];
    const others = [await mentorships.offer(alice, dave), await mentorships.ask(dave, carol)];
    await app.update(alice, { mentor: 'bob' });
    for (const one of made)
      expect(await mentorships.view(alice, one)).toMatchObject({ status: 'cancelled', reason: 'matched', version: 2 });
    for (const one of others) expect(await mentorships.view(dave, one)).toStrictEqual(one);
  });

  test.each([null, '', ' '])('stay open when they remove their mentor: %j', async (mentor) => {
    const asked = await mentorships.ask(carol, alice);
    await app.update(carol, { mentor });
    expect(await mentorships.list(carol)).toMatchObject([asked, { status: 'ended', reason: 'removed', version: 2 }]);
    // The second time there is no mentor to remove.
    await app.update(carol, { mentor });
    expect(await mentorships.view(carol, asked)).toStrictEqual(asked);
  });

  test('stay open when they name their current mentor', async () => {
    const asked = await mentorships.ask(carol, alice);
    await app.update(carol, { mentor: 'bob' });
    expect(await mentorships.view(carol, asked)).toStrictEqual(asked);
  });
});

test('a mentor named at registration is stored as an active mentorship', async () => {
  expect(await mentorships.list(bob)).toStrictEqual([
    {
      id: 1,
      mentorId: bob.id,
      menteeId: carol.id,
      mentorUsername: 'Bob',
      menteeUsername: 'carol',
      status: 'active',
      requestedBy: 'mentee',
      message: null,
      reason: null,
      createdAt: app.clock.now(),
      expiresAt: null,
      startedAt: app.clock.now(),
      endedAt: null,
      version: 1,
    },
  ]);
});
