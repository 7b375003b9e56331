import { type ForeignAccount, type ImportPlan, planImport } from '@mentorship/application';
import { parseEmail, parsePhone, parseUserId, parseKnownUsername, usernameKey } from '@mentorship/domain';
import { array, assert, constant, constantFrom, integer, oneof, option, property, record, string } from 'fast-check';
import { expect, test } from 'vitest';
import { foreignHash, joinedAt } from '../../support/django/foreign-accounts.ts';
import { now } from '../../support/records.ts';

/** Few names, ids and mentors, so that duplicates and loops are common, among arbitrary values. */
const accounts = array(
  record<ForeignAccount>({
    id: oneof(
      { weight: 9, arbitrary: integer({ min: 1, max: 30 }).map(String) },
      option(integer().map(String), { nil: null }),
    ),
    username: oneof(
      constantFrom('alice', 'Alice', 'ALICE', 'alice_2', 'straße', 'STRASSE', 'ὈΔΥΣΣΕΎΣ', 'ὀδυσσεύς', 'a'.repeat(150)),
      option(string({ unit: 'binary', maxLength: 160 }), { nil: null }),
      string({ unit: 'grapheme', maxLength: 160 }),
    ),
    passwordHash: oneof(constant(foreignHash), option(string(), { nil: null })),
    email: oneof(constant('a@example.com'), option(string(), { nil: null })),
    phone: oneof(constant('+79999999999'), option(string(), { nil: null })),
    mentorId: option(integer({ min: 0, max: 32 }).map(String), { nil: null }),
    active: constantFrom(true, false, null),
    joined: constantFrom({ written: 'a date', at: joinedAt }, { written: 'no date', at: null }),
  }),
  { maxLength: 40 },
);

/** Whether the import keeps this id. */
const isKept = (id: string | null) => (parseUserId(id ?? '') ?? Infinity) <= 2_000_000_000;

const check = (holds: (plan: ImportPlan, given: readonly ForeignAccount[]) => void) =>
  assert(
    property(accounts, (given) => holds(planImport(given, now), given)),
    { numRuns: 500 },
  );

test('imports every account, each with a valid and unique id', () => {
  check(({ users }, given) => {
    expect(users).toHaveLength(given.length);
    const ids = users.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    for (const id of ids) expect(parseUserId(String(id))).toBe(id);
    const kept = given.flatMap(({ id }) => (isKept(id) ? [id] : []));
    expect(ids.map(String)).toEqual(expect.arrayContaining(kept));
  });
});

test('gives every user valid values and a unique name', () => {
  check(({ users }) => {
    for (const { username, email, phone } of users) {
      expect(parseKnownUsername(username)).toBe(username);
      expect(email && parseEmail(email)).toBe(email);
      expect(phone && parsePhone(phone)).toBe(phone);
    }
    expect(new Set(users.map(({ username }) => usernameKey(username))).size).toBe(users.length);
  });
});

test('removes one link of each loop, and leaves no loop', () => {
  check(({ users, changes }, given) => {
    const mentorOf = new Map(users.map(({ id, mentorId }) => [id as number, mentorId as number | null]));
    const rootOf = (id: number) => {
      let root = id;
      for (let steps = 0; ; steps += 1) {
        const mentor = mentorOf.get(root);
        if (mentor === null || mentor === undefined) return root;
        expect(steps).toBeLessThan(users.length);
        root = mentor;
      }
    };
    for (const { id } of users) rootOf(id);
    // Each removed link, if it were still there, would close a loop.
    const loops = changes.filter(({ what }) => what === 'mentor_loop');
    for (const { id, from } of loops) expect(rootOf(users.find(({ username }) => username === from)!.id)).toBe(id);
    const removed = changes.filter(({ what }) => what.startsWith('mentor_'));
    const links = given.filter(({ mentorId }) => mentorId !== null).length;
    expect(users.filter(({ mentorId }) => mentorId !== null)).toHaveLength(links - removed.length);
    expect(new Set(removed.map(({ id }) => id)).size).toBe(removed.length);
  });
});

test('reports every change, and nothing else', () => {
  check(({ users, changes }, given) => {
    for (const user of users) {
      const account = given.find(({ id }) => id === String(user.id));
      const reported = changes.filter(({ id }) => id === user.id).map(({ what }) => what.replace(/_.*/, ''));
      if (!account || reported.includes('id')) continue;
      const differs = {
        username: account.username !== user.username,
        email: !(account.email?.trim() === '' || account.email === user.email),
        phone: !(account.phone?.trim() === '' || account.phone === user.phone),
        mentor: account.mentorId !== null && user.mentorId === null,
        password: account.passwordHash !== foreignHash,
        activity: account.active === null,
        joined: account.joined.at === null,
      };
      const names = Object.entries(differs).flatMap(([name, differing]) => (differing ? [name] : []));
      expect(new Set(reported)).toEqual(new Set(names));
    }
  });
});

test('changes nothing when imported users are imported again', () => {
  check(({ users }) => {
    const again = users.map((user): ForeignAccount => ({
      ...user,
      id: String(user.id),
      mentorId: user.mentorId === null ? null : String(user.mentorId),
      passwordHash: foreignHash,
      active: user.deactivatedAt === null,
      joined: { written: '', at: user.createdAt },
    }));
    const plan = planImport(again, now);
    expect(plan.changes).toEqual([]);
    expect(plan.users).toEqual(users.map((user) => ({ ...user, passwordHash: foreignHash })));
  });
});

test('does not depend on the order of accounts with distinct ids', () => {
  check((_, given) => {
    const distinct = given.filter(({ id }, at) => isKept(id) && given.findIndex((other) => other.id === id) === at);
    expect(planImport(distinct.toReversed(), now)).toEqual(planImport(distinct, now));
  });
});
