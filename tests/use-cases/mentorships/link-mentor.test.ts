import type { ProfileUpdate } from '@mentorship/application';
import { beforeEach, describe, expect, test } from 'vitest';
import { everythingIn, type Mentorships, mentorshipsIn, storedIn } from '../../support/mentorships/mentorships.ts';
import { day, hour } from '../../support/records.ts';
import { fieldsRefused, refusal } from '../../support/refusals.ts';
import { createTestApplication, type Member, password, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let dealings: Mentorships;
let bob: Member;
let alice: Member;
let carol: Member;
beforeEach(async () => {
  app = createTestApplication();
  dealings = mentorshipsIn(app);
  bob = await app.join('Bob');
  alice = await app.join('alice');
  carol = await app.join('carol', { mentorUsername: 'bob' });
});

/** The choices that keep others from naming the mentor, who has one mentee; and those that do not. */
const refusing = [
  [{ mentorPolicy: 'approval' }, 'mentor_requires_approval'],
  [{ mentorPolicy: 'closed' }, 'mentor_closed'],
  [{ mentorCapacity: 1 }, 'mentor_full'],
  [{ mentorPolicy: 'approval', mentorCapacity: 2 }, 'mentor_requires_approval'],
  [{ mentorPolicy: 'closed', mentorCapacity: 1 }, 'mentor_closed'],
] as const satisfies readonly [ProfileUpdate, string][];
const welcoming: readonly ProfileUpdate[] = [
  { bio: 'I teach.' },
  { mentorPolicy: 'open' },
  { mentorCapacity: 2 },
  { mentorPolicy: 'open', mentorCapacity: null, skills: ['Go'] },
];

describe('with a mentor who has chosen', () => {
  test.each(refusing)('%j nobody registers: %s', async (choice, code) => {
    await app.update(bob, choice);
    const before = await everythingIn(app, [bob, alice, carol]);
    const registering = app.registerUser({ username: 'dave', password, mentorUsername: 'bob' });
    await expect(registering).rejects.toMatchObject(fieldsRefused(['mentorUsername', code]));
    expect(await everythingIn(app, [bob, alice, carol])).toStrictEqual(before);
    expect(await app.join('DAVE')).toMatchObject({ id: 4, username: 'DAVE' });
  });

  test.each(welcoming)('%j one registers', async (choice) => {
    await app.update(bob, choice);
    const dave = await app.join('dave', { mentorUsername: 'bob' });
    expect(await app.own(dave)).toMatchObject({ mentorUsername: 'Bob' });
  });

  test.each(refusing)('%j nobody names them, and the whole update is refused: %s', async (choice, code) => {
    await app.update(bob, choice);
    const before = await everythingIn(app, [bob, alice, carol]);
    const update = { mentor: 'bob', email: 'a@example.com', bio: 'I learn.', password: 'a new password' };
    await expect(app.update(alice, update)).rejects.toMatchObject(refusal(code, { field: 'mentor', mentor: 'Bob' }));
    expect(await everythingIn(app, [bob, alice, carol])).toStrictEqual(before);
  });

  test.each(welcoming)('%j one names them', async (choice) => {
    await app.update(bob, choice);
    expect(await app.update(alice, { mentor: 'bob' })).toMatchObject({ mentorUsername: 'Bob' });
  });

  test.each(refusing)('%j their mentee can name them again, which is no change: not %s', async (...[choice]) => {
    await app.update(bob, choice);
    const before = await everythingIn(app, [bob, alice, carol]);
    await app.update(carol, { mentor: 'BOB' });
    expect(await everythingIn(app, [bob, alice, carol])).toStrictEqual(before);
  });

  test.each([
    ['approval', 'mentor_requires_approval'],
    ['closed', 'mentor_closed'],
  ] as const)('%s, a mentee who has left does not come back by naming them: %s', async (mentorPolicy, code) => {
    await app.update(bob, { mentorPolicy });
    await app.update(carol, { mentor: '' });
    await expect(app.update(carol, { mentor: 'bob' })).rejects.toMatchObject(refusal(code));
  });
});

describe('a mentor who has offered it is taken at their word:', () => {
  test.each<[ProfileUpdate]>([
    [{ mentorPolicy: 'open' }],
    [{ mentorPolicy: 'approval' }],
    [{ mentorPolicy: 'closed' }],
    [{ mentorPolicy: 'closed', mentorCapacity: 2 }],
  ])('%j, the offer is the mentorship', async (choice) => {
    await app.update(bob, choice);
    const offer = await dealings.offer(bob, alice, 'Shall I?');
    app.clock.advance(hour);
    await app.update(alice, { mentor: 'bob' });
    const startedAt = app.clock.now();
    expect(await dealings.between(alice, bob)).toStrictEqual([{ ...offer, status: 'active', startedAt, version: 2 }]);
    expect(await app.own(alice)).toMatchObject({ mentorUsername: 'Bob' });
  });

  test('it takes the place of the mentor before, and everything else that is open is cancelled', async () => {
    const dave = await app.join('dave');
    const offer = await dealings.offer(dave, carol);
    const other = await dealings.ask(carol, alice);
    await app.update(carol, { mentor: 'dave' });
    const [present, accepted, cancelled] = await storedIn(app);
    expect(present).toMatchObject({ mentorId: bob.id, status: 'ended', reason: 'replaced' });
    expect(accepted).toMatchObject({ id: offer.id, status: 'active', reason: null });
    expect(cancelled).toMatchObject({ id: other.id, status: 'cancelled', reason: 'matched' });
  });

  test('without a place it waits', async () => {
    await app.update(bob, { mentorCapacity: 1 });
    const offer = await dealings.offer(bob, alice);
    const name = () => app.update(alice, { mentor: 'bob' });
    await expect(name()).rejects.toMatchObject(refusal('mentor_full', { field: 'mentor', mentor: 'Bob' }));
    expect(await dealings.view(alice, offer)).toStrictEqual(offer);
    await app.update(carol, { mentor: null });
    await name();
    expect(await dealings.view(alice, offer)).toMatchObject({ status: 'active' });
  });

  test('an offer whose time is over is none, and is written off', async () => {
    const offer = await dealings.offer(bob, alice);
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

  test('an offer to somebody else is none, nor is one that was declined', async () => {
    await dealings.offer(bob, await app.join('dave'));
    await dealings.change(alice, await dealings.offer(bob, alice), 'declined');
    await app.update(bob, { mentorPolicy: 'approval' });
    await expect(app.update(alice, { mentor: 'bob' })).rejects.toMatchObject(refusal('mentor_requires_approval'));
  });
});

describe('what the mentee has asked is no word of the mentor:', () => {
  test('who wants to be asked has to answer', async () => {
    const asked = await dealings.ask(alice, bob);
    await app.update(bob, { mentorPolicy: 'approval' });
    await expect(app.update(alice, { mentor: 'bob' })).rejects.toMatchObject(refusal('mentor_requires_approval'));
    expect(await dealings.view(alice, asked)).toStrictEqual(asked);
  });

  test('who is open is named, and the request has become needless', async () => {
    const asked = await dealings.ask(alice, bob);
    await app.update(alice, { mentor: 'bob' });
    expect(await dealings.between(alice, bob)).toMatchObject([
      { status: 'active', startedAt: app.clock.now(), expiresAt: null, message: null },
      { id: asked.id, status: 'cancelled', reason: 'matched' },
    ]);
  });
});

describe('what else the mentee has open', () => {
  test('is cancelled when they name a mentor: requests and offers alike, no one else’s', async () => {
    const dave = await app.join('dave');
    const made = [await dealings.ask(alice, carol), await dealings.offer(dave, alice)];
    const others = [await dealings.offer(alice, dave), await dealings.ask(dave, carol)];
    await app.update(alice, { mentor: 'bob' });
    for (const one of made)
      expect(await dealings.view(alice, one)).toMatchObject({ status: 'cancelled', reason: 'matched', version: 2 });
    for (const one of others) expect(await dealings.view(dave, one)).toStrictEqual(one);
  });

  test.each([null, '', ' '])('stays open when they remove their mentor: %j', async (mentor) => {
    const asked = await dealings.ask(carol, alice);
    await app.update(carol, { mentor });
    expect(await dealings.list(carol)).toMatchObject([asked, { status: 'ended', reason: 'removed', version: 2 }]);
    // And when there is none to remove.
    await app.update(carol, { mentor });
    expect(await dealings.view(carol, asked)).toStrictEqual(asked);
  });

  test('stays open when they name the one they have', async () => {
    const asked = await dealings.ask(carol, alice);
    await app.update(carol, { mentor: 'bob' });
    expect(await dealings.view(carol, asked)).toStrictEqual(asked);
  });
});

test('the README’s link is a mentorship like any other', async () => {
  expect(await dealings.list(bob)).toStrictEqual([
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
