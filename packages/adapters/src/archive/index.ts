export { readMigrations } from './read-migrations.ts';
