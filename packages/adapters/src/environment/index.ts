export { addressForms } from './client-address.ts';
export { databaseUrl } from './database-url.ts';
export { loadEnvFile } from './env-file.ts';
export { inNetworks, isPrivate } from './private-addresses.ts';
export { explainProxy, exposureWarning } from './proxies.ts';
export { misspeltNames } from './misspelt-names.ts';
export type { SettingName } from './setting-names.ts';
export * from './setting-values.ts';
export * from './settings.ts';
