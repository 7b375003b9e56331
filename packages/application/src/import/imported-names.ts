import { maxUsernameLength, parseUsername, type UserId, type Username, usernameKey } from '@mentorship/domain';
import type { Departure } from './imported-account.ts';

/** The account as another system named it. */
interface Named {
  readonly id: UserId;
  readonly username: string | null;
}

/** A name for each account, and how it came to be another than it was. */
export interface ImportedName {
  readonly username: Username;
  readonly departures: readonly Departure[];
}

/**
 * Finds each account a name of its own within our rules, in the order of the accounts: of names that are equal but for
 * their case the first account keeps the name, and the others get one that nobody else has or wants.
 */
export const chooseNames = (accounts: readonly Named[]): Map<UserId, ImportedName> => {
  const wanted = new Map(accounts.map(({ id, username }) => [id, fitName(username, id)]));
  const owners = new Map<string, UserId>();
  for (const [id, name] of wanted) {
    const key = usernameKey(name);
    if (!owners.has(key)) owners.set(key, id);
  }
  const taken = new Set<string>(owners.keys());
  const numbers = new Map<string, number>();

  const rename = (name: Username): Username => {
    const key = usernameKey(name);
    for (let number = numbers.get(key) ?? 2; ; number += 1) {
      const another = withSuffix(name, `_${number}`);
      const anotherKey = usernameKey(another);
      if (taken.has(anotherKey)) continue;
      numbers.set(key, number + 1);
      taken.add(anotherKey);
      return another;
    }
  };

  return new Map(
    accounts.map(({ id, username: before }) => {
      const fitting = wanted.get(id) ?? fitName(before, id);
      const departures = [...fittingDeparture(before, fitting)];
      if (owners.get(usernameKey(fitting)) === id) return [id, { username: fitting, departures }];
      const username = rename(fitting);
      departures.push({ what: 'username_renamed', from: fitting, to: username });
      return [id, { username, departures }];
    }),
  );
};

/** The name in the form of ours, with `_` for each character that no name may have. */
const fitName = (text: string | null, id: UserId): Username => {
  const fitting = [...normalise(text ?? '').replaceAll(/[^\p{L}\p{M}\p{N}@.+\-_]/gu, '_')]
    .slice(0, maxUsernameLength)
    .join('');
  return parseUsername(fitting || `user_${id}`);
};

const normalise = (text: string): string => text.toWellFormed().trim().normalize('NFKC');

const fittingDeparture = (before: string | null, to: Username): Departure[] => {
  if (before === to) return [];
  const onlyForm = before !== null && normalise(before) === to;
  return [{ what: onlyForm ? 'username_normalised' : 'username_replaced', from: before, to }];
};

const withSuffix = (name: Username, suffix: string): Username =>
  parseUsername([...name].slice(0, maxUsernameLength - suffix.length).join('') + suffix);
