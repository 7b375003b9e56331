export { backupStore } from './backup-store.ts';
export { checkStore } from './check-store.ts';
export { copyStore } from './copy-store.ts';
export { importUsers, requireNoUsers } from './import-users.ts';
export { requireStore } from './open-archive.ts';
export { readMigrations } from './read-migrations.ts';
export { restoreStore } from './restore-store.ts';
