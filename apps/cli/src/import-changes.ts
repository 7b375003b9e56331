import type { ImportChange, ImportChangeType } from '@mentorship/application';

/** What an import did to an account, in words that follow its name. */
const descriptions: Readonly<Record<ImportChangeType, string>> = {
  id_changed: 'has a new id, because the original id cannot be kept',
  username_normalised: 'has the username in normal form (trimmed, NFKC), and logs in as before',
  username_replaced: 'has a new username, because the original one is invalid here',
  username_renamed: 'has a new username, because a user with a lower id has the same one, ignoring case',
  email_trimmed: 'has the email address without surrounding white space',
  email_left_out: 'has no email address, because the original one is invalid',
  phone_trimmed: 'has the phone number without surrounding white space',
  phone_left_out: 'has no phone number, because the original one is invalid',
  mentor_oneself: 'has no mentor: the original mentor was the user themselves',
  mentor_unknown: 'has no mentor: the original mentor does not exist',
  mentor_loop: 'has no mentor: the link was cut to open a mentor loop',
  password_unusable: 'needs "users reset-password" to log in: the original password hash cannot be verified here',
  activity_unknown: 'is deactivated, because the original does not say whether it was active',
  joined_unknown: 'has the time of the import as its registration, because the original date cannot be read',
};

/** Counts the changes of each type, in the order above; types without a change are left out. */
export const countChanges = (changes: readonly ImportChange[]): Partial<Record<ImportChangeType, number>> => {
  const counts: Partial<Record<ImportChangeType, number>> = {};
  for (const type of Object.keys(descriptions) as ImportChangeType[]) {
    const count = changes.filter(({ what }) => what === type).length;
    if (count > 0) counts[type] = count;
  }
  return counts;
};

/** Returns a line for each type of change that happened. */
export const summariseChanges = (changes: readonly ImportChange[]): string[] =>
  Object.entries(countChanges(changes)).map(
    ([type, count]) => `${String(count).padStart(9)}  ${descriptions[type as ImportChangeType]}`,
  );

/** Returns a line for one change. Values of the original are quoted. */
export const describeChange = ({ id, username, what, from, to }: ImportChange): string =>
  `${String(id).padStart(9)}  ${username} ${descriptions[what]} (${JSON.stringify(from)} -> ${JSON.stringify(to)})`;
