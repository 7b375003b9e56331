export { SchemaTooNew } from './migrate.ts';
export { openKyselyStore } from './store.ts';
