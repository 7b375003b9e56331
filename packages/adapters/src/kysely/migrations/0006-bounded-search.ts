import type { Migration } from './migration.ts';

export const boundedSearch: Migration = {
  name: '0006-bounded-search',

  async up(db) {
    // A search examines a bounded number of users by id, and no longer reads accepting mentors from their own index.
    await db.schema.dropIndex('users_accepting').ifExists().execute();
  },
};
