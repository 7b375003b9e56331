import { type ForeignAccount, type ImportPlan, planImport } from '@mentorship/application';
import { parseEmail, parsePhone, parseUserId, parseUsername, usernameKey } from '@mentorship/domain';
import { array, assert, constant, constantFrom, integer, oneof, option, property, record, string } from 'fast-check';
import { expect, test } from 'vitest';
import { foreignHash, joinedAt } from '../../support/django/foreign-accounts.ts';
import { now } from '../../support/records.ts';

/** Few names, ids and mentors, so that twins and loops abound, among anything else that a database may hold. */
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

/** Whether it is an id that stays as it is. */
const isKept = (id: string | null) => (parseUserId(id ?? '') ?? Infinity) <= 2_000_000_000;

const check = (holds: (plan: ImportPlan, given: readonly ForeignAccount[]) => void) =>
  assert(
    property(accounts, (given) => holds(planImport(given, now), given)),
    { numRuns: 500 },
  );

test('every account is a user, and every id is one that the service can have, once', () => {
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

test('every value is one that the rules let through, and names are unique', () => {
  check(({ users }) => {
    for (const { username, email, phone } of users) {
      expect(parseUsername(username)).toBe(username);
      expect(email && parseEmail(email)).toBe(email);
      expect(phone && parsePhone(phone)).toBe(phone);
    }
    expect(new Set(users.map(({ username }) => usernameKey(username))).size).toBe(users.length);
  });
});

test('nobody is above themselves, and one link is cut for each loop', () => {
  check(({ users, deviations }, given) => {
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
    // Where there are no loops, nothing is cut: a link cut for one leads, if it were there, back to where it was cut.
    const loops = deviations.filter(({ what }) => what === 'mentor_loop');
    for (const { id, from } of loops) expect(rootOf(users.find(({ username }) => username === from)!.id)).toBe(id);
    const cut = deviations.filter(({ what }) => what.startsWith('mentor_'));
    const links = given.filter(({ mentorId }) => mentorId !== null).length;
    expect(users.filter(({ mentorId }) => mentorId !== null)).toHaveLength(links - cut.length);
    expect(new Set(cut.map(({ id }) => id)).size).toBe(cut.length);
  });
});

test('whatever is other than it was is told', () => {
  check(({ users, deviations }, given) => {
    for (const user of users) {
      const account = given.find(({ id }) => id === String(user.id));
      const told = deviations.filter(({ id }) => id === user.id).map(({ what }) => what.replace(/_.*/, ''));
      if (!account || told.includes('id')) continue;
      const changed = {
        username: account.username !== user.username,
        email: !(account.email?.trim() === '' || account.email === user.email),
        phone: !(account.phone?.trim() === '' || account.phone === user.phone),
        mentor: account.mentorId !== null && user.mentorId === null,
        password: account.passwordHash !== foreignHash,
        activity: account.active === null,
        joined: account.joined.at === null,
      };
      const names = Object.entries(changed).flatMap(([name, so]) => (so ? [name] : []));
      expect(new Set(told)).toEqual(new Set(names));
    }
  });
});

test('what has come over comes over once more as it is', () => {
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
    expect(plan.deviations).toEqual([]);
    expect(plan.users).toEqual(users.map((user) => ({ ...user, passwordHash: foreignHash })));
  });
});

test('the order of the accounts is of no account, but for those that share an id or have none', () => {
  check((_, given) => {
    const distinct = given.filter(({ id }, at) => isKept(id) && given.findIndex((other) => other.id === id) === at);
    expect(planImport(distinct.toReversed(), now)).toEqual(planImport(distinct, now));
  });
});
