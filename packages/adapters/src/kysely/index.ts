export { withDeadline } from './engine/deadline.ts';
export { realPath } from './sqlite/file-name.ts';
export { StoreError } from '../store-error.ts';
export { migrateStore, openKyselyStore, sqlitePath, storeWarnings } from './store.ts';
