import { availableParallelism } from 'node:os';

/**
 * Imported before everything else, for the pool takes its size when it is first used: a thread for each password that
 * is hashed at a time, and four beside them, Node's own number, for files and names.
 */
process.env['UV_THREADPOOL_SIZE'] ??= String(availableParallelism() + 4);
