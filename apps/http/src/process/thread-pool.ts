import { hashConcurrency } from './hash-concurrency.ts';

const configured = process.env['UV_THREADPOOL_SIZE'];

/**
 * The size of libuv's thread pool in each worker: one thread per password that is hashed at once, and four (Node's
 * default) for files and DNS.
 */
export const threadPoolSize = (workers: number): string => configured ?? String(hashConcurrency(workers) + 4);

// Imported first, because the pool reads its size on first use. The primary sets this variable for its workers.
process.env['UV_THREADPOOL_SIZE'] = threadPoolSize(1);
