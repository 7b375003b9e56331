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
import { cutLinks } from './imported-links.ts';
import { chooseNames } from './imported-names.ts';
import type { Departure, Deviation, DeviationKind, ForeignAccount, ImportedUser } from './imported-account.ts';

/** Up to here ids are kept: those beyond are for the users to come. */
const largestKeptId = 2_000_000_000;

export interface ImportPlan {
  /** One for each account, by ascending id. */
  readonly users: readonly ImportedUser[];
  /** Everything that is other than it was, by ascending id. */
  readonly deviations: readonly Deviation[];
}

/**
 * Decides how accounts of another system come over at this moment: every one does, with its id, and what our rules refuse
 * is changed as little as possible. The same accounts make the same plan.
 */
export const planImport = (accounts: readonly ForeignAccount[], at: Instant): ImportPlan => {
  const placed = giveIds(accounts);
  const idOf = new Map<string | null, UserId>();
  for (const { id, account } of placed) if (!idOf.has(account.id)) idOf.set(account.id, id);
  const names = chooseNames(placed.map(({ id, account }) => ({ id, username: account.username })));
  const { mentorOf, cut } = cutLinks(
    new Map(
      placed.flatMap(({ id, account: { mentorId } }) =>
        mentorId === null ? [] : [[id, idOf.get(mentorId) ?? null] as const],
      ),
    ),
  );
  const nameOf = (id: UserId | null) => (id === null ? null : (names.get(id)?.username ?? null));

  const deviations: Deviation[] = [];
  const users = placed.flatMap(({ id, account }): ImportedUser[] => {
    const name = names.get(id);
    if (name === undefined) throw new Error('An account without a name.');
    const email = keepContact('email', parseEmail, account.email);
    const phone = keepContact('phone', parsePhone, account.phone);
    const { hash, departures: ofHash } = keepHash(account.passwordHash);
    const { joined } = account;
    const cutLink = cut.get(id);
    const departures: Departure[] = [
      ...when(account.id !== `${id}`, { what: 'id_changed', from: account.id, to: `${id}` }),
      ...name.departures,
      ...email.departures,
      ...phone.departures,
      ...(cutLink ? [{ what: cutLink.what, from: nameOf(cutLink.mentor) ?? account.mentorId, to: null }] : []),
      ...ofHash,
      ...when(account.active === null, { what: 'activity_unknown', from: null, to: 'deactivated' }),
      ...when(joined.at === null, { what: 'joined_unknown', from: joined.written, to: new Date(at).toISOString() }),
    ];
    for (const departure of departures) deviations.push({ id, username: name.username, ...departure });
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
  return { users, deviations };
};

const when = (so: boolean, departure: Departure): Departure[] => (so ? [departure] : []);

/** Each account with its id, or with one after all others where it has none that can be kept; by ascending id. */
const giveIds = (accounts: readonly ForeignAccount[]): { id: UserId; account: ForeignAccount }[] => {
  const kept = new Map<UserId, ForeignAccount>();
  const others: ForeignAccount[] = [];
  let largest = 0;
  for (const account of accounts) {
    const id = parseUserId(account.id ?? '');
    if (id === null || id > largestKeptId || kept.has(id)) {
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

/** The address or number as ours, nothing where the rules refuse it. Blank text is none. */
const keepContact = <Value extends string>(
  field: 'email' | 'phone',
  parse: (text: string) => Value,
  before: string | null,
): { value: Value | null; departures: readonly Departure[] } => {
  const departure = (how: 'trimmed' | 'left_out', to: Value | null): Departure => ({
    what: `${field}_${how}` satisfies DeviationKind,
    from: before,
    to,
  });
  try {
    const value = optional(parse)(before);
    return { value, departures: value === null || value === before ? [] : [departure('trimmed', value)] };
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    return { value: null, departures: [departure('left_out', null)] };
  }
};
