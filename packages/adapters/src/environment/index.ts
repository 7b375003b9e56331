export { addressForms } from './client-address.ts';
export { databaseUrl } from './database-url.ts';
export { loadEnvFile } from './env-file.ts';
export { inNetworks, isPrivate } from './private-addresses.ts';
export { explainProxy, exposureWarning } from './proxies.ts';
export * from './setting-values.ts';
export * from './settings.ts';
