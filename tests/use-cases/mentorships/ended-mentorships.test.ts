import type { MentorshipStatus, NamedMentorship } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Mentorships, mentorshipsIn, storedIn } from '../../support/mentorships/mentorships.ts';
import { day, hour } from '../../support/records.ts';
import { fieldsRefused, refusal } from '../../support/refusals.ts';
import { createTestApplication, type Member, password, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let dealings: Mentorships;
let bob: Member;
let alice: Member;
let carol: Member;
let dave: Member;
beforeEach(async () => {
  app = createTestApplication();
  dealings = mentorshipsIn(app);
  bob = await app.join('bob');
  alice = await app.join('alice');
  carol = await app.join('carol');
  dave = await app.join('dave');
});

const endAlice = (): Promise<void> => app.endAccount({ actor: alice.actor, currentPassword: password });

describe('with an account', () => {
  /** Alice's, on both sides, in every status; and two that are none of hers. */
  const prepare = async (): Promise<Record<string, NamedMentorship>> => {
    const lapsed = await dealings.ask(alice, dave, 'Long ago.');
    app.clock.advance(14 * day);
    const declined = await dealings.offer(carol, alice, 'Shall I?');
    await dealings.change(alice, declined, 'declined', { reason: 'Not now.' });
    const replaced = await dealings.ask(alice, dave, 'Please.');
    await dealings.change(dave, replaced, 'active', { reason: 'Gladly.' });
    await app.update(alice, { mentor: 'bob' });
    const completed = await dealings.ask(carol, alice, 'Please.');
    await dealings.change(alice, completed, 'active');
    await dealings.change(carol, completed, 'completed', { reason: 'I have learned it.' });
    const active = (await dealings.list(alice, { statuses: ['active'] }))[0]!;
    const mentored = await dealings.offer(alice, dave, 'Shall I?');
    await dealings.change(dave, mentored, 'active', { reason: 'Gladly.' });
    const asked = await dealings.ask(alice, carol, 'Please.');
    const offered = await dealings.offer(alice, carol, 'Shall I?');
    const [asking, other] = [await dealings.ask(bob, carol, 'Please.'), await dealings.ask(dave, carol, 'Please.')];
    return { lapsed, declined, replaced, completed, active, mentored, asked, offered, asking, other };
  };

  test('everything ends that is open, on both sides, and nothing else does', async () => {
    const made = await prepare();
    app.clock.advance(hour);
    const before = await storedIn(app);
    await endAlice();
    const at = app.clock.now();
    const stored = await storedIn(app);
    const now = (name: string) => stored[made[name]!.id - 1];
    const was = (name: string) => before[made[name]!.id - 1]!.endedAt;
    const table: [string, MentorshipStatus, reason: string | null, endedAt: number | null][] = [
      ['lapsed', 'expired', null, made['lapsed']!.expiresAt],
      ['declined', 'declined', null, was('declined')],
      ['replaced', 'ended', 'replaced', was('replaced')],
      ['completed', 'completed', null, was('completed')],
      ['active', 'ended', 'account_ended', at],
      ['mentored', 'ended', 'account_ended', at],
      ['asked', 'cancelled', 'account_ended', at],
      ['offered', 'cancelled', 'account_ended', at],
    ];
    for (const [name, status, reason, endedAt] of table)
      expect(now(name), name).toMatchObject({ status, reason, endedAt, message: null });
    for (const name of ['asking', 'other']) expect(now(name)).toStrictEqual(made[name]);
    expect(await dealings.links()).toEqual([]);
  });

  test('all its words go, and the name; each change makes another version', async () => {
    const made = await prepare();
    await endAlice();
    const stored = await storedIn(app);
    const hers = stored.filter(({ menteeId, mentorId }) => [menteeId, mentorId].includes(alice.id));
    expect(hers).toHaveLength(8);
    for (const one of hers) {
      const { mentorUsername, menteeUsername } = one;
      expect([mentorUsername, menteeUsername]).toContain(`former user ${alice.id}`);
      expect(JSON.stringify(one)).not.toMatch(/Please|Shall|Gladly|Not now|learned|Long ago|alice/);
    }
    const changed = Object.values(made).filter((one) => stored[one.id - 1]!.version > one.version);
    expect(new Set(changed.map(({ id }) => id))).toEqual(new Set(hers.map(({ id }) => id)));
  });

  test('the others see what there was, as it was', async () => {
    await prepare();
    await endAlice();
    const former = `former user ${alice.id}`;
    expect(await dealings.between(bob, alice)).toMatchObject([{ menteeUsername: former, reason: 'account_ended' }]);
    expect(await dealings.between(carol, alice)).toMatchObject([
      { mentorUsername: former, status: 'cancelled' },
      { menteeUsername: former, status: 'cancelled' },
      { mentorUsername: former, status: 'completed' },
      { menteeUsername: former, status: 'declined' },
    ]);
  });
});

test('what was active at a moment before the end still was, under the pseudonym', async () => {
  await app.update(alice, { mentor: 'bob' });
  await app.update(carol, { mentor: 'alice' });
  const at = app.clock.now();
  app.clock.advance(1);
  await endAlice();
  const links = async (at: number) =>
    (await app.viewGraph({ root: 'bob', at })).edges.map(({ mentorUsername, menteeUsername }) => [
      mentorUsername,
      menteeUsername,
    ]);
  const former = `former user ${alice.id}`;
  expect(await links(at)).toEqual([
    ['bob', former],
    [former, 'carol'],
  ]);
  expect(await links(at + 1)).toEqual([]);
});

describe('with one who is gone', () => {
  test('nothing that was open can be answered', async () => {
    const [asked, offered] = [await dealings.ask(alice, bob), await dealings.offer(alice, carol)];
    await endAlice();
    const refused = refusal('illegal_transition', { status: 'cancelled', to: 'active', allowed: [] });
    await expect(dealings.change(bob, asked, 'active')).rejects.toMatchObject(refused);
    await expect(dealings.change(carol, offered, 'active')).rejects.toMatchObject(refused);
  });

  test('nobody begins anything, by either name', async () => {
    await endAlice();
    for (const username of ['alice', `former user ${alice.id}`]) {
      await expect(dealings.ask(bob, { username })).rejects.toMatchObject(fieldsRefused(['mentor', 'unknown_mentor']));
      await expect(dealings.offer(bob, { username })).rejects.toMatchObject(
        fieldsRefused(['mentee', 'unknown_mentee']),
      );
    }
  });

  test('a mentee is free for another, and a mentor has the place back', async () => {
    await app.update(bob, { mentorCapacity: 1 });
    await app.update(alice, { mentor: 'bob' });
    await app.update(carol, { mentor: 'alice' });
    await endAlice();
    expect(await app.update(carol, { mentor: 'bob' })).toMatchObject({ mentorUsername: 'bob', mentees: [] });
    await expect(app.update(dave, { mentor: 'bob' })).rejects.toMatchObject(refusal('mentor_full'));
  });

  test('whoever takes the name has nothing of all that', async () => {
    await dealings.ask(alice, bob, 'Please.');
    await endAlice();
    const next = await app.join('alice');
    expect(await dealings.list(next)).toEqual([]);
    await expect(dealings.between(next, bob)).rejects.toMatchObject(refusal('not_a_counterpart'));
  });

  test('who has ended it does nothing more', async () => {
    const asked = await dealings.ask(bob, alice);
    await endAlice();
    const refused = refusal('access_token_refused', {});
    await expect(dealings.change(alice, asked, 'active')).rejects.toMatchObject(refused);
    await expect(dealings.ask(alice, bob)).rejects.toMatchObject(refused);
    await expect(dealings.offer(alice, bob)).rejects.toMatchObject(refused);
  });
});
