import { maxUsernameLength, parseKnownUsername, type UserId, type Username, usernameKey } from '@mentorship/domain';
import type { AccountChange } from './imported-account.ts';

/** An account, with the name that it has in the other system. */
interface NamedAccount {
  readonly id: UserId;
  readonly username: string | null;
}

/** The name of an account in this service, and how it differs from the original. */
export interface ImportedName {
  readonly username: Username;
  readonly changes: readonly AccountChange[];
}

/**
 * Chooses a valid, unique name for each account, in their order. The first of several accounts with the same name, ignoring
 * case, keeps it; the others get a number that makes their name unlike all others.
 */
export const chooseNames = (accounts: readonly NamedAccount[]): Map<UserId, ImportedName> => {
  const validNames = new Map(accounts.map(({ id, username }) => [id, toValidName(username, id)]));
  const owners = new Map<string, UserId>();
  for (const [id, name] of validNames) {
    const key = usernameKey(name);
    if (!owners.has(key)) owners.set(key, id);
  }
  const taken = new Set<string>(owners.keys());
  const nextNumbers = new Map<string, number>();

  const rename = (name: Username): Username => {
    const key = usernameKey(name);
    for (let number = nextNumbers.get(key) ?? 2; ; number += 1) {
      const renamed = withSuffix(name, `_${number}`);
      const renamedKey = usernameKey(renamed);
      if (taken.has(renamedKey)) continue;
      nextNumbers.set(key, number + 1);
      taken.add(renamedKey);
      return renamed;
    }
  };

  return new Map(
    accounts.map(({ id, username: before }) => {
      const valid = validNames.get(id) ?? toValidName(before, id);
      const changes = [...validationChange(before, valid)];
      if (owners.get(usernameKey(valid)) === id) return [id, { username: valid, changes }];
      const username = rename(valid);
      changes.push({ what: 'username_renamed', from: valid, to: username });
      return [id, { username, changes }];
    }),
  );
};

/**
 * Returns the name in normal form, with `_` for each forbidden or invisible character. Otherwise people keep the name that
 * they log in with, also one that a new user could no longer choose.
 */
const toValidName = (text: string | null, id: UserId): Username => {
  const valid = [
    ...normalise(text ?? '').replaceAll(/[^\p{L}\p{M}\p{N}@.+\-_]|\p{Default_Ignorable_Code_Point}/gu, '_'),
  ]
    .slice(0, maxUsernameLength)
    .join('');
  return parseKnownUsername(valid || `user_${id}`);
};

const normalise = (text: string): string => text.trim().slice(0, maxSourceLength).toWellFormed().normalize('NFKC');

/** How much of a name is read, in UTF-16 units. The other system's names have 150 characters at most. */
const maxSourceLength = 4 * maxUsernameLength;

const validationChange = (before: string | null, to: Username): AccountChange[] => {
  if (before === to) return [];
  const onlyNormalised = before !== null && normalise(before) === to;
  return [{ what: onlyNormalised ? 'username_normalised' : 'username_replaced', from: before, to }];
};

const withSuffix = (name: Username, suffix: string): Username =>
  parseKnownUsername([...name].slice(0, maxUsernameLength - suffix.length).join('') + suffix);
