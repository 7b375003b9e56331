import type { Brand } from './brand.ts';
import type { Email, Phone } from './contact.ts';
import { InvalidValue } from './failure.ts';
import { withoutJoiners } from './unicode/joiners.ts';
import { requireSingleScript, requireVisible } from './unicode/look-alikes.ts';
import type { MentorProfile } from './mentor-profile.ts';
import type { PasswordHash } from './password.ts';
import { codePoints, foldCase, isOverlong, parseText, requireBounded, unusedKey } from './text.ts';
import type { Instant } from './time.ts';

/** 1 to 2^31 - 1, assigned by the store in ascending order. */
export type UserId = Brand<number, 'UserId'>;
/** A name as displayed: trimmed, NFKC, 1 to 150 code points of letters, marks, digits and `@ . + - _`. */
export type Username = Brand<string, 'Username'>;
/** Equal for two spellings of the same name. */
export type UsernameKey = Brand<string, 'UsernameKey'>;

export interface User {
  readonly id: UserId;
  readonly username: Username;
  readonly email: Email | null;
  readonly phone: Phone | null;
  readonly passwordHash: PasswordHash;
  readonly createdAt: Instant;
  /** Since when logins to the account are refused; null while it is active. */
  readonly deactivatedAt: Instant | null;
  /** null until the user sets a part of it. */
  readonly profile: MentorProfile | null;
}

export type NewUser = Omit<User, 'id' | 'deactivatedAt' | 'profile'>;

/** What users may change about themselves; only the keys that are present are written. */
export type UserChanges = Partial<Pick<User, 'email' | 'phone' | 'passwordHash'> & MentorProfile>;

/** The name of an ended account in the history of other users. Usernames have no spaces, so no user can take it. */
export const pseudonym = (id: UserId): Username => `former user ${id}` as Username;

/** How many networks of a user's last logins are remembered as known. */
export const maxRememberedNetworks = 100;

/** The user and the session of the access token. */
export interface Actor {
  readonly userId: UserId;
  readonly sessionId: string;
}

/** The largest value of PostgreSQL's `integer`. */
export const maxUserId = 2 ** 31 - 1;

/** Whether the value can be the id of a user. */
export const isUserId = (value: unknown): value is UserId =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= maxUserId;

/** Reads an id as written in a URL; null for text that cannot be an id (`0`, `-1`, `1e9`, `007`, 2^31). */
export const parseUserId = (text: string): UserId | null => {
  const id = /^[1-9][0-9]{0,9}$/.test(text) ? Number(text) : Number.NaN;
  return isUserId(id) ? id : null;
};

/** In code points. */
export const maxUsernameLength = 150;

const allowedInUsername = /^[\p{L}\p{M}\p{N}@.+\-_]+$/u;

/**
 * Trims and normalises a name that was chosen elsewhere, or before there were rules against look-alikes. Throws
 * `InvalidValue` for a name outside the rules of `Username`.
 */
export const parseKnownUsername = (text: string): Username => {
  const username = requireBounded(parseText(text).trim(), maxUsernameLength).normalize('NFKC');
  if (username === '') throw new InvalidValue('required', 'Choose a username of 1 to 150 characters.');
  if (codePoints(username) > maxUsernameLength)
    throw new InvalidValue('too_long', `Use at most ${maxUsernameLength} characters.`);
  if (!allowedInUsername.test(withoutJoiners(username)))
    throw new InvalidValue('invalid_username', 'Use only letters, digits and the characters @ . + - _ (no spaces).');
  return username as Username;
};

/**
 * Reads a new name: as above, without invisible characters, more than 4 marks in a row, and scripts that are not mixed.
 * Throws `InvalidValue`.
 */
export const parseUsername = (text: string): Username => {
  const username = parseKnownUsername(text);
  requireVisible(username, 'invalid_username');
  requireSingleScript(username, 'invalid_username');
  return username;
};

/** The key under which a name is unique in any case. Text that is not a valid name gets a key that no user has. */
export const usernameKey = (text: string): UsernameKey =>
  (isOverlong(text.trim(), maxUsernameLength) ? unusedKey : foldCase(text)) as UsernameKey;

/** Reads a username in any case. Throws `InvalidValue` for text that is not well-formed. */
export const parseUsernameKey = (text: string): UsernameKey => usernameKey(parseText(text));

/**
 * The key of a prefix as it occurs in longer names: a final sigma (ς) is a plain one (σ) there, the next code point.
 */
export const prefixKey = (prefix: UsernameKey): UsernameKey => prefix.replace(/ς$/u, 'σ') as UsernameKey;
