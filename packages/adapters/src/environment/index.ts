export { loadEnvFile } from './env-file.ts';
export * from './setting-values.ts';
export * from './settings.ts';
