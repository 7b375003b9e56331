import { availableParallelism } from 'node:os';

/** How many passwords each of so many processes hashes at a time: together as many as there are cores, but each one. */
export const hashConcurrency = (workers: number): number => Math.max(1, Math.floor(availableParallelism() / workers));
