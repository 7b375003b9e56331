export * from './random-ids.ts';
export * from './system-clock.ts';
