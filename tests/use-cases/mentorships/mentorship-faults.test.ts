import { storageUnavailable } from '@mentorship/application';
import { isDeepStrictEqual } from 'node:util';
import type { NamedMentorship } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { everythingIn, type Mentorships, mentorshipsIn } from '../../support/mentorships/mentorships.ts';
import { day } from '../../support/records.ts';
import { recordingStorage } from '../../support/store/recording-storage.ts';
import { createTestApplication, type Member, password, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let mentorships: Mentorships;
let bob: Member;
let alice: Member;
let carol: Member;
let dave: Member;
let eve: Member;
/** How many repository calls succeed before one fails. */
let successes = Infinity;
beforeEach(async () => {
  successes = Infinity;
  app = createTestApplication(({ storage }) => ({
    storage: recordingStorage(storage, ([name]) => {
      // It never fails, and comes after the transaction.
      if (name !== 'storage.eraseTraces' && (successes -= 1) < 0) throw storageUnavailable();
    }),
  }));
  mentorships = mentorshipsIn(app);
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

/** Alice has a mentor, an overdue request and two open ones, so that every change has something to close. */
const prepare = async (): Promise<Prepared> => {
  await app.update(alice, { mentor: 'carol' });
  const [active] = await mentorships.list(alice);
  await mentorships.ask(alice, bob);
  app.clock.advance(7 * day);
  const [asked, offered] = [await mentorships.ask(alice, eve), await mentorships.offer(dave, alice)];
  app.clock.advance(7 * day);
  return { active: active!, asked, offered };
};

describe('a failure of any repository call changes nothing, and the next attempt succeeds:', () => {
  test.each<[name: string, attempt: (prepared: Prepared) => Promise<unknown>]>([
    ['request a mentor', () => mentorships.ask(alice, bob, 'Please.')],
    ['offer', () => mentorships.offer(bob, alice)],
    ['accept a request', ({ asked }) => mentorships.change(eve, asked, 'active')],
    ['accept an offer', ({ offered }) => mentorships.change(alice, offered, 'active')],
    ['decline', ({ asked }) => mentorships.change(eve, asked, 'declined')],
    ['cancel', ({ offered }) => mentorships.change(dave, offered, 'cancelled')],
    ['complete', ({ active }) => mentorships.change(carol, active, 'completed')],
    ['end', ({ active }) => mentorships.change(alice, active, 'ended')],
    ['name another mentor', () => app.update(alice, { mentor: 'bob' })],
    ['name a mentor who has offered', () => app.update(alice, { mentor: 'dave' })],
    ['remove the mentor', () => app.update(alice, { mentor: null })],
    ['set a capacity', () => app.update(carol, { mentorCapacity: 1 })],
    ['register with a mentor', () => app.registerUser({ username: 'fay', password, mentorUsername: 'bob' })],
    ['end the account', () => app.endAccount({ actor: alice.actor, currentPassword: password })],
  ])('%s', async (_, attempt) => {
    const members = [bob, carol, dave, eve];
    const prepared = await prepare();
    const before = await everythingIn(app, members);
    const codes: string[] = [];
    while ((codes.at(-1) ?? 'storage_unavailable') === 'storage_unavailable') {
      successes = codes.length;
      codes.push(
        await attempt(prepared).then(
          () => 'done',
          (error: { code: string }) => error.code,
        ),
      );
      successes = Infinity;
      const unchanged = codes.at(-1) !== 'done';
      expect(isDeepStrictEqual(await everythingIn(app, members), before)).toBe(unchanged);
    }
    expect(codes.length).toBeGreaterThan(4);
    expect(new Set(codes)).toEqual(new Set(['storage_unavailable', 'done']));
  });
});
