import type { MentorshipStatus, NamedMentorship } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Mentorships, mentorshipsIn, storedIn } from '../../support/mentorships/mentorships.ts';
import { day, hour } from '../../support/records.ts';
import { fieldsRefused, refusal } from '../../support/refusals.ts';
import { createTestApplication, type Member, password, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let mentorships: Mentorships;
let bob: Member;
let alice: Member;
let carol: Member;
let dave: Member;
beforeEach(async () => {
  app = createTestApplication();
  mentorships = mentorshipsIn(app);
  bob = await app.join('bob');
  alice = await app.join('alice');
  carol = await app.join('carol');
  dave = await app.join('dave');
});

const endAlice = (): Promise<void> => app.endAccount({ actor: alice.actor, currentPassword: password });

describe('the end of an account', () => {
  /** Alice's mentorships on both sides and in every status, and two of other users. */
  const prepare = async (): Promise<Record<string, NamedMentorship>> => {
    const overdue = await mentorships.ask(alice, dave, 'Long ago.');
    app.clock.advance(14 * day);
    const declined = await mentorships.offer(carol, alice, 'Shall I?');
    await mentorships.change(alice, declined, 'declined', { reason: 'Not now.' });
    const replaced = await mentorships.ask(alice, dave, 'Please.');
    await mentorships.change(dave, replaced, 'active', { reason: 'Gladly.' });
    await app.update(alice, { mentor: 'bob' });
    const completed = await mentorships.ask(carol, alice, 'Please.');
    await mentorships.change(alice, completed, 'active');
    await mentorships.change(carol, completed, 'completed', { reason: 'I have learned it.' });
    const active = (await mentorships.list(alice, { statuses: ['active'] }))[0]!;
    const mentored = await mentorships.offer(alice, dave, 'Shall I?');
    await mentorships.change(dave, mentored, 'active', { reason: 'Gladly.' });
    const asked = await mentorships.ask(alice, carol, 'Please.');
    const offered = await mentorships.offer(alice, carol, 'Shall I?');
    const [request, other] = [
      await mentorships.ask(bob, carol, 'Please.'),
      await mentorships.ask(dave, carol, 'Please.'),
    ];
    return { overdue, declined, replaced, completed, active, mentored, asked, offered, request, other };
  };

  test('closes everything open on both sides, and nothing else', async () => {
    const made = await prepare();
    app.clock.advance(hour);
    const before = await storedIn(app);
    await endAlice();
    const at = app.clock.now();
    const stored = await storedIn(app);
    const now = (name: string) => stored[made[name]!.id - 1];
    const was = (name: string) => before[made[name]!.id - 1]!.endedAt;
    const table: [string, MentorshipStatus, reason: string | null, endedAt: number | null][] = [
      ['overdue', 'expired', null, made['overdue']!.expiresAt],
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
    for (const name of ['request', 'other']) expect(now(name)).toStrictEqual(made[name]);
    expect(await mentorships.links()).toEqual([]);
  });

  test('erases its messages, reasons and name, and raises the versions', async () => {
    const made = await prepare();
    await endAlice();
    const stored = await storedIn(app);
    const own = stored.filter(({ menteeId, mentorId }) => [menteeId, mentorId].includes(alice.id));
    expect(own).toHaveLength(8);
    for (const one of own) {
      const { mentorUsername, menteeUsername } = one;
      expect([mentorUsername, menteeUsername]).toContain(`former user ${alice.id}`);
      expect(JSON.stringify(one)).not.toMatch(/Please|Shall|Gladly|Not now|learned|Long ago|alice/);
    }
    const changed = Object.values(made).filter((one) => stored[one.id - 1]!.version > one.version);
    expect(new Set(changed.map(({ id }) => id))).toEqual(new Set(own.map(({ id }) => id)));
  });

  test('keeps the history of the other users', async () => {
    await prepare();
    await endAlice();
    const former = `former user ${alice.id}`;
    expect(await mentorships.between(bob, alice)).toMatchObject([{ menteeUsername: former, reason: 'account_ended' }]);
    expect(await mentorships.between(carol, alice)).toMatchObject([
      { mentorUsername: former, status: 'cancelled' },
      { menteeUsername: former, status: 'cancelled' },
      { mentorUsername: former, status: 'completed' },
      { menteeUsername: former, status: 'declined' },
    ]);
  });
});

test('a past state of the graph keeps the ended account, under its pseudonym', async () => {
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

describe('after the end of an account', () => {
  test('its requests cannot be answered', async () => {
    const [asked, offered] = [await mentorships.ask(alice, bob), await mentorships.offer(alice, carol)];
    await endAlice();
    const refused = refusal('illegal_transition', { status: 'cancelled', to: 'active', allowed: [] });
    await expect(mentorships.change(bob, asked, 'active')).rejects.toMatchObject(refused);
    await expect(mentorships.change(carol, offered, 'active')).rejects.toMatchObject(refused);
  });

  test('no request reaches it, by either name', async () => {
    await endAlice();
    for (const username of ['alice', `former user ${alice.id}`]) {
      await expect(mentorships.ask(bob, { username })).rejects.toMatchObject(
        fieldsRefused(['mentor', 'unknown_mentor']),
      );
      await expect(mentorships.offer(bob, { username })).rejects.toMatchObject(
        fieldsRefused(['mentee', 'unknown_mentee']),
      );
    }
  });

  test('its mentee can choose another mentor, and its mentor has a free place', async () => {
    await app.update(bob, { mentorCapacity: 1 });
    await app.update(alice, { mentor: 'bob' });
    await app.update(carol, { mentor: 'alice' });
    await endAlice();
    expect(await app.update(carol, { mentor: 'bob' })).toMatchObject({ mentorUsername: 'bob', mentees: [] });
    await expect(app.update(dave, { mentor: 'bob' })).rejects.toMatchObject(refusal('mentor_full'));
  });

  test('the next user of its name has none of its history', async () => {
    await mentorships.ask(alice, bob, 'Please.');
    await endAlice();
    const next = await app.join('alice');
    expect(await mentorships.list(next)).toEqual([]);
    await expect(mentorships.between(next, bob)).rejects.toMatchObject(refusal('not_a_counterpart'));
  });

  test('its sessions change nothing', async () => {
    const asked = await mentorships.ask(bob, alice);
    await endAlice();
    const refused = refusal('access_token_refused', {});
    await expect(mentorships.change(alice, asked, 'active')).rejects.toMatchObject(refused);
    await expect(mentorships.ask(alice, bob)).rejects.toMatchObject(refused);
    await expect(mentorships.offer(alice, bob)).rejects.toMatchObject(refused);
  });
});
