export { withDeadline } from './engine/deadline.ts';
export { StoreError } from '../store-error.ts';
export { migrateStore, openKyselyStore } from './store.ts';
