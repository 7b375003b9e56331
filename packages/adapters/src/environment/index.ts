export * from './setting-values.ts';
export * from './settings.ts';
