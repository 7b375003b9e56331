import { storageUnavailable } from '@mentorship/application';
import { isDeepStrictEqual } from 'node:util';
import type { NamedMentorship } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { everythingIn, type Mentorships, mentorshipsIn } from '../../support/mentorships/mentorships.ts';
import { day } from '../../support/records.ts';
import { recordingStorage } from '../../support/store/recording-storage.ts';
import { createTestApplication, type Member, password, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let dealings: Mentorships;
let bob: Member;
let alice: Member;
let carol: Member;
let dave: Member;
let eve: Member;
/** How many calls of the store are still good; the one after them fails. */
let good = Infinity;
beforeEach(async () => {
  good = Infinity;
  app = createTestApplication(({ storage }) => ({
    storage: recordingStorage(storage, () => {
      if ((good -= 1) < 0) throw storageUnavailable();
    }),
  }));
  dealings = mentorshipsIn(app);
  bob = await app.join('bob');
  alice = await app.join('alice');
  carol = await app.join('carol');
  dave = await app.join('dave');
  eve = await app.join('eve');
});

interface Prepared {
  readonly active: NamedMentorship;
  readonly asked: NamedMentorship;
  readonly offered: NamedMentorship;
}

/** Alice has a mentor, a request that has expired unwritten, and two that are open: every change has something to close. */
const prepare = async (): Promise<Prepared> => {
  await app.update(alice, { mentor: 'carol' });
  const [active] = await dealings.list(alice);
  await dealings.ask(alice, bob);
  app.clock.advance(7 * day);
  const [asked, offered] = [await dealings.ask(alice, eve), await dealings.offer(dave, alice)];
  app.clock.advance(7 * day);
  return { active: active!, asked, offered };
};

describe('whichever call of the store fails, nothing is changed, and the next attempt succeeds:', () => {
  test.each<[what: string, attempt: (prepared: Prepared) => Promise<unknown>]>([
    ['to ask', () => dealings.ask(alice, bob, 'Please.')],
    ['to offer', () => dealings.offer(bob, alice)],
    ['to accept', ({ asked }) => dealings.change(eve, asked, 'active')],
    ['to accept an offer', ({ offered }) => dealings.change(alice, offered, 'active')],
    ['to decline', ({ asked }) => dealings.change(eve, asked, 'declined')],
    ['to cancel', ({ offered }) => dealings.change(dave, offered, 'cancelled')],
    ['to complete', ({ active }) => dealings.change(carol, active, 'completed')],
    ['to end', ({ active }) => dealings.change(alice, active, 'ended')],
    ['to name another mentor', () => app.update(alice, { mentor: 'bob' })],
    ['to name one who has offered it', () => app.update(alice, { mentor: 'dave' })],
    ['to remove the mentor', () => app.update(alice, { mentor: null })],
    ['to choose a capacity', () => app.update(carol, { mentorCapacity: 1 })],
    ['to register with a mentor', () => app.registerUser({ username: 'fay', password, mentorUsername: 'bob' })],
    ['to end the account', () => app.endAccount({ actor: alice.actor, currentPassword: password })],
  ])('%s', async (_, attempt) => {
    const members = [bob, carol, dave, eve];
    const prepared = await prepare();
    const before = await everythingIn(app, members);
    const codes: string[] = [];
    while ((codes.at(-1) ?? 'storage_unavailable') === 'storage_unavailable') {
      good = codes.length;
      codes.push(
        await attempt(prepared).then(
          () => 'done',
          (error: { code: string }) => error.code,
        ),
      );
      good = Infinity;
      const unchanged = codes.at(-1) !== 'done';
      expect(isDeepStrictEqual(await everythingIn(app, members), before)).toBe(unchanged);
    }
    expect(codes.length).toBeGreaterThan(4);
    expect(new Set(codes)).toEqual(new Set(['storage_unavailable', 'done']));
  });
});
