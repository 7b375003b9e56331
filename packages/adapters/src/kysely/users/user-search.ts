import type { UserFilter } from '@mentorship/application';
import { type Kysely, sql } from 'kysely';
import { only, type Placeholders, preparedQuery, preparedQueryByShape } from '../engine/prepared-query.ts';
import type { Schema } from '../schema/schema.ts';
import { countFilters, orderedBy, type Search, sourceOf, toFilter, usersOfSource } from './user-filter.ts';

const countWithPrefix = preparedQuery(
  (db, { prefix, prefixEnd, limit }: Placeholders<{ prefix: string; prefixEnd: string; limit: number }>) =>
    db
      .selectFrom((eb) =>
        eb
          .selectFrom('users')
          .select('username_key')
          .where('username_key', '>=', prefix)
          .where('username_key', '<', prefixEnd)
          .limit(limit)
          .as('some'),
      )
      .select(({ fn }) => fn.countAll<number | string>().as('count')),
);

const end = preparedQueryByShape((db, { examine, ...search }: Placeholders<Search>) =>
  usersOfSource(db, { examine, ...search })
    .select(sql.ref<number>(orderedBy[sourceOf({ examine, ...search })]).as('id'))
    .limit(1)
    .offset(examine),
);

/** The id of the last user that the page examines; `undefined` when it examines all that are left. */
const findEnd = async (db: Kysely<Schema>, search: Search): Promise<number | undefined> =>
  (await end(db, { ...search, examine: search.examine - 1 }))[0]?.id;

/**
 * A search for `limit` users that examines at most `examine`, and how to find the id after which the next page begins
 * when fewer were found; `undefined` when none are left.
 */
export const boundSearch = async (
  db: Kysely<Schema>,
  { after, examine, limit, ...by }: UserFilter & { after: number | null; examine: number; limit: number },
): Promise<{ search: Search; findNext: () => Promise<number | undefined> }> => {
  const filter = toFilter(by, after);
  const { prefix, prefixEnd } = filter;
  const byPrefix =
    prefix !== undefined &&
    prefixEnd !== undefined &&
    Number(only(await countWithPrefix(db, { prefix, prefixEnd, limit: examine + 1 })).count) <= examine;
  const search = { ...filter, byPrefix, examine, end: undefined };
  const source = sourceOf(search);
  if (source === 'prefix') return { search, findNext: async () => undefined };
  // Rows of users stay, so it makes no difference when the last one is looked up.
  if (source === 'id') return { search, findNext: () => findEnd(db, search) };
  // Every user of the source passes.
  if (countFilters(filter) === 1) return { search: { ...search, examine: limit }, findNext: async () => undefined };
  // Looked up first: a user who leaves the source meanwhile would move the end behind users who were not examined.
  const end = await findEnd(db, search);
  return { search: { ...search, end }, findNext: async () => end };
};
