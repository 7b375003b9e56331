export { withOnePatience } from './patience.ts';
export { StoreError } from './store-error.ts';
export { migrateStore, openKyselyStore } from './store.ts';
