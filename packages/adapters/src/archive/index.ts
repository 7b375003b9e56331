export { copyStore } from './copy-store.ts';
export { readMigrations } from './read-migrations.ts';
