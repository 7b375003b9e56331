import type { Brand } from './brand.ts';
import type { Email, Phone } from './contact.ts';
import { InvalidValue } from './failure.ts';
import type { MentorProfile } from './mentor-profile.ts';
import type { PasswordHash } from './password.ts';
import { codePoints, foldCase, parseText } from './text.ts';
import type { Instant } from './time.ts';

/** 1 to 2^31 - 1, given out in ascending order by the store. */
export type UserId = Brand<number, 'UserId'>;
/** A name as it is shown: trimmed, NFKC, 1 to 150 code points of letters, marks, digits and `@ . + - _`. */
export type Username = Brand<string, 'Username'>;
/** What makes two names the same name. */
export type UsernameKey = Brand<string, 'UsernameKey'>;

export interface User {
  readonly id: UserId;
  readonly username: Username;
  readonly email: Email | null;
  readonly phone: Phone | null;
  readonly passwordHash: PasswordHash;
  readonly createdAt: Instant;
  /** Since when the operator lets nobody log in to the account; null while it is active. */
  readonly deactivatedAt: Instant | null;
  /** null until the user has chosen any of it. */
  readonly profile: MentorProfile | null;
}

export type NewUser = Omit<User, 'id' | 'deactivatedAt' | 'profile'>;

/** What a user may change about themselves; only the keys that are present are written. */
export type UserChanges = Partial<Pick<User, 'email' | 'phone' | 'passwordHash'> & MentorProfile>;

/** What an ended account is called in the history of others: no username has a space, so nobody can be called so. */
export const pseudonym = (id: UserId): Username => `former user ${id}` as Username;

/** From how many networks a user can have logged in last, and not be a stranger there. */
export const maxRememberedNetworks = 100;

/** Who acts: the user behind the access token, and the session it belongs to. */
export interface Actor {
  readonly userId: UserId;
  readonly sessionId: string;
}

/** What an integer of PostgreSQL holds. */
export const maxUserId = 2 ** 31 - 1;

/** Whether a value, of a token for one, can be the id of a user. */
export const isUserId = (value: unknown): value is UserId =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= maxUserId;

/** Reads an id as written in a URL; null for anything that no user can have (`0`, `-1`, `1e9`, `007`, 2^31). */
export const parseUserId = (text: string): UserId | null => {
  const id = /^[1-9][0-9]{0,9}$/.test(text) ? Number(text) : Number.NaN;
  return isUserId(id) ? id : null;
};

/** The longest username, in code points. */
export const maxUsernameLength = 150;

const allowedInUsername = /^[\p{L}\p{M}\p{N}@.+\-_]+$/u;

/** Throws `InvalidValue` for a name outside the rules of `Username`. */
export const parseUsername = (text: string): Username => {
  const username = parseText(text).trim().normalize('NFKC');
  if (username === '') throw new InvalidValue('required', 'Choose a username of 1 to 150 characters.');
  if (codePoints(username) > maxUsernameLength)
    throw new InvalidValue('too_long', `Use at most ${maxUsernameLength} characters.`);
  if (!allowedInUsername.test(username))
    throw new InvalidValue('invalid_username', 'Use only letters, digits and the characters @ . + - _ (no spaces).');
  return username as Username;
};

/** The key under which a name is unique, whatever its case; also of text that is no valid name, which then matches nobody. */
export const usernameKey = (text: string): UsernameKey => foldCase(text) as UsernameKey;

/** Reads a username in any case. Throws `InvalidValue` for text that is not well-formed. */
export const parseUsernameKey = (text: string): UsernameKey => usernameKey(parseText(text));

/**
 * The key of a name's beginning as it stands within a longer name: a sigma is a final one (ς) only at the end. It comes
 * right after the other in the order of code points.
 */
export const prefixKey = (beginning: UsernameKey): UsernameKey => beginning.replace(/ς$/u, 'σ') as UsernameKey;
