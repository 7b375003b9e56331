import type { Migration } from './migration.ts';

export const deactivatedUsers: Migration = {
  name: '0004-deactivated-users',

  async up(db) {
    await db.schema.alterTable('users').addColumn('deactivated_at', 'text').execute();
  },
};
