import { availableParallelism } from 'node:os';

/** How many passwords each worker hashes at once: in total one per core, but at least one per worker. */
export const hashConcurrency = (workers: number): number => Math.max(1, Math.floor(availableParallelism() / workers));
