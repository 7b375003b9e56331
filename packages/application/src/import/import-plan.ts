import {
  type Instant,
  InvalidValue,
  optional,
  parseEmail,
  parsePhone,
  parseUserId,
  type UserId,
} from '@mentorship/domain';
import { keepHash } from './imported-hash.ts';
import { removeInvalidLinks } from './imported-links.ts';
import { chooseNames } from './imported-names.ts';
import type {
  AccountChange,
  ForeignAccount,
  ImportChange,
  ImportChangeType,
  ImportedUser,
} from './imported-account.ts';

/** Larger ids are replaced, which leaves enough ids for later users. */
const maxKeptId = 2_000_000_000;

export interface ImportPlan {
  /** One for each account, by ascending id. */
  readonly users: readonly ImportedUser[];
  /** All changes to the accounts, by ascending id. */
  readonly changes: readonly ImportChange[];
}

/**
 * Plans the import of accounts from another system, at this time. Every account is imported, with its id, and changed as
 * little as our rules demand. The same accounts give the same plan.
 */
export const planImport = (accounts: readonly ForeignAccount[], at: Instant): ImportPlan => {
  const identified = assignIds(accounts);
  const idOf = new Map<string | null, UserId>();
  for (const { id, account } of identified) if (!idOf.has(account.id)) idOf.set(account.id, id);
  const names = chooseNames(identified.map(({ id, account }) => ({ id, username: account.username })));
  const { mentorOf, removed } = removeInvalidLinks(
    new Map(
      identified.flatMap(({ id, account: { mentorId } }) =>
        mentorId === null ? [] : [[id, idOf.get(mentorId) ?? null] as const],
      ),
    ),
  );
  const nameOf = (id: UserId | null) => (id === null ? null : (names.get(id)?.username ?? null));

  const importChanges: ImportChange[] = [];
  const users = identified.flatMap(({ id, account }): ImportedUser[] => {
    const name = names.get(id);
    if (name === undefined) throw new Error('An account without a name.');
    const email = keepContact('email', parseEmail, account.email);
    const phone = keepContact('phone', parsePhone, account.phone);
    const { hash, changes: hashChanges } = keepHash(account.passwordHash);
    const { joined } = account;
    const link = removed.get(id);
    const changes: AccountChange[] = [
      ...when(account.id !== `${id}`, { what: 'id_changed', from: account.id, to: `${id}` }),
      ...name.changes,
      ...email.changes,
      ...phone.changes,
      ...(link ? [{ what: link.what, from: nameOf(link.mentor) ?? account.mentorId, to: null }] : []),
      ...hashChanges,
      ...when(account.active === null, { what: 'activity_unknown', from: null, to: 'deactivated' }),
      ...when(joined.at === null, { what: 'joined_unknown', from: joined.written, to: new Date(at).toISOString() }),
    ];
    for (const change of changes) importChanges.push({ id, username: name.username, ...change });
    return [
      {
        id,
        username: name.username,
        email: email.value,
        phone: phone.value,
        passwordHash: hash,
        createdAt: joined.at ?? at,
        deactivatedAt: account.active === true ? null : at,
        mentorId: mentorOf.get(id) ?? null,
      },
    ];
  });
  return { users, changes: importChanges };
};

const when = (condition: boolean, change: AccountChange): AccountChange[] => (condition ? [change] : []);

/** Returns each account with its id, by ascending id. Accounts whose id cannot be kept get the ids after the largest. */
const assignIds = (accounts: readonly ForeignAccount[]): { id: UserId; account: ForeignAccount }[] => {
  const kept = new Map<UserId, ForeignAccount>();
  const others: ForeignAccount[] = [];
  let largest = 0;
  for (const account of accounts) {
    const id = parseUserId(account.id ?? '');
    if (id === null || id > maxKeptId || kept.has(id)) {
      others.push(account);
      continue;
    }
    kept.set(id, account);
    if (id > largest) largest = id;
  }
  return [
    ...kept.entries().map(([id, account]) => ({ id, account })),
    ...others.map((account, index) => ({ id: (largest + index + 1) as UserId, account })),
  ].toSorted((a, b) => a.id - b.id);
};

/** Parses an email address or a phone number; null for blank text, and for text that our rules reject. */
const keepContact = <Value extends string>(
  field: 'email' | 'phone',
  parse: (text: string) => Value,
  before: string | null,
): { value: Value | null; changes: readonly AccountChange[] } => {
  const change = (how: 'trimmed' | 'left_out', to: Value | null): AccountChange => ({
    what: `${field}_${how}` satisfies ImportChangeType,
    from: before,
    to,
  });
  try {
    const value = optional(parse)(before);
    return { value, changes: value === null || value === before ? [] : [change('trimmed', value)] };
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    return { value: null, changes: [change('left_out', null)] };
  }
};
