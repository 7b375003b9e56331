export { backupStore } from './backup/backup-store.ts';
export { checkStore } from './checks/check-store.ts';
export { noteProxies } from './checks/proxy-notes.ts';
export { copyStore } from './copy/copy-store.ts';
export { importUsers, requireNoUsers } from './import-users.ts';
export { requireStore } from './archive/open-archive.ts';
export { readMigrations } from './read-migrations.ts';
export { restoreStore } from './backup/restore-store.ts';
