import { availableParallelism } from 'node:os';
import { hashConcurrency } from '@mentorship/http/process/hash-concurrency';
import { expect, test } from 'vitest';

test('one process hashes on every core; several share the cores, and each has at least one', () => {
  const cores = availableParallelism();
  expect(hashConcurrency(1)).toBe(cores);
  expect(hashConcurrency(cores)).toBe(1);
  expect(hashConcurrency(cores * 2)).toBe(1);
});
