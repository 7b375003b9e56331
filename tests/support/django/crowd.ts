import { type DjangoUser, djangoHash, djangoTimestamp } from './database.ts';

export const crowdSize = 10_000;

/** The password of the user with this id; every third one has decomposed letters, which NFKC would compose. */
export const crowdPassword = (id: number): string => `${id % 3 === 0 ? 'pa\u0308sswo\u0308rd' : 'password'} ${id}`;

export const joinedAt = (id: number): number => Date.UTC(2020, 0, 1) + id * 3_600_123;

const between = (id: number, first: number, last: number) => id >= first && id <= last;

/** The users that the import changes, by type of change: their ids, and how they differ from the others. */
const exceptions: Readonly<
  Record<string, { ids: readonly [first: number, last: number]; values: (id: number) => Partial<DjangoUser> }>
> = {
  username_renamed: { ids: [9001, 9100], values: (id) => ({ username: `USER${id - 9000}` }) },
  username_replaced: { ids: [5001, 5010], values: (id) => ({ username: `name with spaces ${id}` }) },
  username_normalised: { ids: [5101, 5105], values: (id) => ({ username: `re\u0301my${id}` }) },
  email_left_out: { ids: [6001, 6020], values: () => ({ email: 'not an address' }) },
  phone_left_out: { ids: [6101, 6110], values: () => ({ phone: 'no number' }) },
  mentor_oneself: { ids: [7001, 7010], values: (id) => ({ mentor_id: id }) },
  // Twenty loops of three; the first user of each loses the mentor.
  mentor_loop: { ids: [8001, 8060], values: (id) => ({ mentor_id: (id - 8001) % 3 === 2 ? id - 2 : id + 1 }) },
  password_unusable: {
    ids: [4001, 4006],
    values: (id) => ({ password: id === 4006 ? '!unusable' : 'bcrypt$$2b$12$abc' }),
  },
};

export const isInactive = (id: number): boolean => id % 100 === 50;

/** Users as an original may have them after years. Without the exceptions, mentors form a tree. */
export const djangoCrowd = (engine: 'sqlite' | 'postgres'): DjangoUser[] =>
  Array.from({ length: crowdSize }, (_, index): DjangoUser => {
    const id = index + 1;
    const exception = Object.values(exceptions).find(({ ids: [first, last] }) => between(id, first, last));
    return {
      id,
      username: `user${id}`,
      password: djangoHash(crowdPassword(id), `salt${id}`),
      email: id % 2 === 0 ? `user${id}@example.com` : '',
      phone: id % 5 === 0 ? '+79999999999' : null,
      mentor_id: id === 1 ? null : Math.floor(id / 2),
      is_active: !isInactive(id),
      date_joined: djangoTimestamp(engine, joinedAt(id)),
      ...exception?.values(id),
    };
  });

/** The ids that the report must list, by type of change. */
export const expectedChanges: Readonly<Record<string, readonly number[]>> = Object.fromEntries(
  Object.entries(exceptions).map(
    ([
      what,
      {
        ids: [first, last],
      },
    ]) => {
      const ids = Array.from({ length: last - first + 1 }, (_, at) => first + at);
      return [what, what === 'mentor_loop' ? ids.filter((id) => (id - 8001) % 3 === 0) : ids];
    },
  ),
);
