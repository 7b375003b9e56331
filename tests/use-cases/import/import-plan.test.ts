import { type ImportChangeType, type ForeignAccount, type ImportPlan, planImport } from '@mentorship/application';
import { describe, expect, test } from 'vitest';
import { foreignAccount, foreignHash, joinedAt } from '../../support/django/foreign-accounts.ts';
import { now } from '../../support/records.ts';

const plan = (...accounts: ForeignAccount[]): ImportPlan => planImport(accounts, now);

const reported = ({ changes }: ImportPlan) => changes.map(({ id, what, from, to }) => [id, what, from, to]);

const names = ({ users }: ImportPlan) => users.map(({ id, username }) => [id, username]);

test('imports a valid account without a change', () => {
  const contact = { email: 'alice@example.com', phone: '+79999999999' };
  expect(plan(foreignAccount(9, { username: 'Alice', ...contact, mentorId: '4' }), foreignAccount(4))).toEqual({
    users: [
      {
        id: 4,
        username: 'user4',
        email: null,
        phone: null,
        passwordHash: foreignHash,
        createdAt: joinedAt,
        deactivatedAt: null,
        mentorId: null,
      },
      {
        id: 9,
        username: 'Alice',
        ...contact,
        passwordHash: foreignHash,
        createdAt: joinedAt,
        deactivatedAt: null,
        mentorId: 4,
      },
    ],
    changes: [],
  });
});

test('imports nothing from no accounts', () => {
  expect(plan()).toEqual({ users: [], changes: [] });
});

describe('of accounts with the same name', () => {
  test('the one with the lowest id keeps it, and the others get a free one', () => {
    const accounts = [
      foreignAccount(5, { username: 'ALICE' }),
      foreignAccount(2, { username: 'alice' }),
      foreignAccount(3, { username: 'Alice' }),
      foreignAccount(4, { username: 'alice_2' }),
      foreignAccount(6, { username: 'Alice_3' }),
    ];
    const result = plan(...accounts);
    expect(names(result)).toEqual([
      [2, 'alice'],
      [3, 'Alice_4'],
      [4, 'alice_2'],
      [5, 'ALICE_5'],
      [6, 'Alice_3'],
    ]);
    expect(reported(result)).toEqual([
      [3, 'username_renamed', 'Alice', 'Alice_4'],
      [5, 'username_renamed', 'ALICE', 'ALICE_5'],
    ]);
  });

  test('none gets a name over the maximum length', () => {
    const long = '𝔘'.repeat(75) + 'ß'.repeat(75);
    const result = plan(foreignAccount(1, { username: long }), foreignAccount(2, { username: long.toUpperCase() }));
    const duplicate = foreignAccount(3, { username: 'x'.repeat(150) });
    expect(names(plan(duplicate, { ...duplicate, id: '4' }))[1]).toEqual([4, `${'x'.repeat(148)}_2`]);
    for (const { username } of result.users) expect([...username].length).toBeLessThanOrEqual(150);
  });
});

test.each<[string | null, string, ImportChangeType]>([
  ['  alice ', 'alice', 'username_normalised'],
  ['Ａlice', 'Alice', 'username_normalised'],
  ['e\u0301ric', '\u00e9ric', 'username_normalised'],
  ['john doe', 'john_doe', 'username_replaced'],
  ['a/b\\c"d', 'a_b_c_d', 'username_replaced'],
  ['nul\0', 'nul_', 'username_replaced'],
  ['lone \ud800', 'lone__', 'username_replaced'],
  ['x'.repeat(151), 'x'.repeat(150), 'username_replaced'],
  ['', 'user_7', 'username_replaced'],
  ['   ', 'user_7', 'username_replaced'],
  [null, 'user_7', 'username_replaced'],
  ['former user 3', 'former_user_3', 'username_replaced'],
])('replaces the username %j by %j', (username, expected, what) => {
  const result = plan(foreignAccount(7, { username }));
  expect(names(result)).toEqual([[7, expected]]);
  expect(result.changes).toEqual([{ id: 7, username: expected, what, from: username, to: expected }]);
});

test.each<[Partial<ForeignAccount>, Partial<Record<'email' | 'phone', string | null>>, unknown[]]>([
  [
    { email: ' a@example.com ' },
    { email: 'a@example.com' },
    [[1, 'email_trimmed', ' a@example.com ', 'a@example.com']],
  ],
  [{ email: 'unknown' }, { email: null }, [[1, 'email_left_out', 'unknown', null]]],
  [{ email: '  ' }, { email: null }, []],
  [{ phone: '12345 ' }, { phone: '12345' }, [[1, 'phone_trimmed', '12345 ', '12345']]],
  [{ phone: 'none' }, { phone: null }, [[1, 'phone_left_out', 'none', null]]],
  [{ phone: '' }, { phone: null }, []],
])('imports the contact %j as %j', (contact, expected, changes) => {
  const result = plan(foreignAccount(1, contact));
  expect(result.users[0]).toMatchObject(expected);
  expect(reported(result)).toEqual(changes);
});

describe('mentors', () => {
  const mentors = ({ users }: ImportPlan) => users.map(({ id, mentorId }) => [id, mentorId]);

  test('are removed when they are the user themselves, or unknown', () => {
    const result = plan(foreignAccount(1, { mentorId: '1' }), foreignAccount(2, { mentorId: '99' }));
    expect(mentors(result)).toEqual([
      [1, null],
      [2, null],
    ]);
    expect(reported(result)).toEqual([
      [1, 'mentor_oneself', 'user1', null],
      [2, 'mentor_unknown', '99', null],
    ]);
  });

  test('in a loop: the mentee with the lowest id loses its mentor, whichever accounts lead into the loop', () => {
    const links: [number, number][] = [
      [9, 7],
      [7, 5],
      [5, 3],
      [3, 7],
      [1, 9],
      [2, 5],
      [10, 11],
      [11, 10],
    ];
    for (const order of [links, links.toReversed()]) {
      const result = plan(...order.map(([id, mentorId]) => foreignAccount(id, { mentorId: String(mentorId) })));
      expect(reported(result)).toEqual([
        [3, 'mentor_loop', 'user7', null],
        [10, 'mentor_loop', 'user11', null],
      ]);
      expect(mentors(result)).toEqual([
        [1, 9],
        [2, 5],
        [3, null],
        [5, 3],
        [7, 5],
        [9, 7],
        [10, null],
        [11, 10],
      ]);
    }
  });
});

test.each<[string | null, string, string | null]>([
  ['bcrypt_sha256$$2b$12$abc', 'bcrypt_sha256$$2b$12$abc', 'bcrypt_sha256'],
  ['pbkdf2_sha1$1000$salt$digest', 'pbkdf2_sha1$1000$salt$digest', 'pbkdf2_sha1'],
  [
    'argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdA$aGFzaA',
    'argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdA$aGFzaA',
    'argon2',
  ],
  ['!AbCdEf', '!AbCdEf', null],
  ['', '!', null],
  [null, '!', null],
  ['nul\0', '!', null],
  ['x'.repeat(401), '!', null],
  ['$argon2id$nonsense', '!$argon2id$nonsense', null],
  ['pbkdf2_sha256$1000$salt', '!pbkdf2_sha256$1000$salt', 'pbkdf2_sha256'],
  [foreignHash.replace('600000', '0'), `!${foreignHash.replace('600000', '0')}`, 'pbkdf2_sha256'],
  // With so many iterations every failed login would take minutes.
  [foreignHash.replace('600000', '999999999'), `!${foreignHash.replace('600000', '999999999')}`, 'pbkdf2_sha256'],
])('stores the hash %j as %j, which matches no password, and reports it', (passwordHash, kept, algorithm) => {
  const result = plan(foreignAccount(1, { passwordHash }));
  expect(result.users[0]?.passwordHash).toBe(kept);
  expect(reported(result)).toEqual([[1, 'password_unusable', algorithm, null]]);
});

test('deactivates accounts that are inactive, or may be', () => {
  const result = plan(foreignAccount(1, { active: false }), foreignAccount(2, { active: null }));
  expect(result.users.map(({ deactivatedAt }) => deactivatedAt)).toEqual([now, now]);
  expect(reported(result)).toEqual([[2, 'activity_unknown', null, 'deactivated']]);
});

test('replaces an unreadable registration date by the time of the import', () => {
  const result = plan(foreignAccount(1, { joined: { written: 'yesterday', at: null } }));
  expect(result.users[0]?.createdAt).toBe(now);
  expect(reported(result)).toEqual([[1, 'joined_unknown', 'yesterday', new Date(now).toISOString()]]);
});

test('replaces ids that cannot be kept by the next ids after all others, also in links', () => {
  const result = plan(
    foreignAccount('-1', { username: 'below' }),
    foreignAccount('9007199254740993', { username: 'above', mentorId: '-1' }),
    foreignAccount('2000000001', { username: 'just above' }),
    foreignAccount(41, { mentorId: '9007199254740993' }),
    foreignAccount(41, { username: 'duplicate' }),
    { ...foreignAccount(0, { username: 'none' }), id: null },
  );
  expect(names(result)).toEqual([
    [41, 'user41'],
    [42, 'below'],
    [43, 'above'],
    [44, 'just_above'],
    [45, 'duplicate'],
    [46, 'none'],
  ]);
  expect(result.users.map(({ mentorId }) => mentorId)).toEqual([43, null, 42, null, null, null]);
  expect(reported(result).filter(([, what]) => what === 'id_changed')).toEqual([
    [42, 'id_changed', '-1', '42'],
    [43, 'id_changed', '9007199254740993', '43'],
    [44, 'id_changed', '2000000001', '44'],
    [45, 'id_changed', '41', '45'],
    [46, 'id_changed', null, '46'],
  ]);
});
