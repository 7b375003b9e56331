import type { Deviation, DeviationKind } from '@mentorship/application';

/** What has happened to an account, in words that follow its name. */
const kinds: Readonly<Record<DeviationKind, string>> = {
  id_changed: 'has another id, because its own cannot be kept',
  username_normalised: 'has its name in the form in which it is matched (trimmed, NFKC), and logs in as before',
  username_replaced: 'has another name: its own is none that our rules know',
  username_renamed: 'has another name, because somebody with a lower id has the same but for its case',
  email_trimmed: 'has its email address without the white space around it',
  email_left_out: 'has no email address: its own is none',
  phone_trimmed: 'has its phone number without the white space around it',
  phone_left_out: 'has no phone number: its own is none',
  mentor_oneself: 'has no mentor: it was its own',
  mentor_unknown: 'has no mentor: its own does not exist',
  mentor_loop: 'has no mentor: with its own the mentors went round in a circle',
  password_unusable: 'cannot log in until "users reset-password": its hash is of a kind that cannot be verified here',
  activity_unknown: 'is deactivated, because it cannot be told whether it was active',
  joined_unknown: 'has joined now, because it cannot be told when it did',
};

/** How many accounts each has happened to, in the order of the list above; what has not happened is left out. */
export const countKinds = (deviations: readonly Deviation[]): Partial<Record<DeviationKind, number>> => {
  const counts: Partial<Record<DeviationKind, number>> = {};
  for (const kind of Object.keys(kinds) as DeviationKind[]) {
    const count = deviations.filter(({ what }) => what === kind).length;
    if (count > 0) counts[kind] = count;
  }
  return counts;
};

/** One line for each kind of deviation that there is. */
export const describeKinds = (deviations: readonly Deviation[]): string[] =>
  Object.entries(countKinds(deviations)).map(
    ([kind, count]) => `${String(count).padStart(9)}  ${kinds[kind as DeviationKind]}`,
  );

/** One line for one deviation; what comes from outside is quoted, so that it writes nothing else on a terminal. */
export const describeDeviation = ({ id, username, what, from, to }: Deviation): string =>
  `${String(id).padStart(9)}  ${username} ${kinds[what]} (${JSON.stringify(from)} -> ${JSON.stringify(to)})`;
