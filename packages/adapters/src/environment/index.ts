export { databaseUrl } from './database-url.ts';
export { loadEnvFile } from './env-file.ts';
export * from './setting-values.ts';
export * from './settings.ts';
