import { hashConcurrency } from './hash-concurrency.ts';

const given = process.env['UV_THREADPOOL_SIZE'];

/**
 * How large the pool of each of so many processes is: a thread for each password that is hashed at a time, and four beside
 * them, Node's own number, for files and names.
 */
export const threadPoolSize = (workers: number): string => given ?? String(hashConcurrency(workers) + 4);

// Imported before everything else, for the pool takes its size when it is first used. A worker is given its own.
process.env['UV_THREADPOOL_SIZE'] = threadPoolSize(1);
