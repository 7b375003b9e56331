import { availableParallelism } from 'node:os';
import { hashesAtOnce } from '@mentorship/http/process/hash-concurrency';
import { expect, test } from 'vitest';

test('one process hashes on every core, several share them, and each has one', () => {
  const cores = availableParallelism();
  expect(hashesAtOnce(1)).toBe(cores);
  expect(hashesAtOnce(cores)).toBe(1);
  expect(hashesAtOnce(cores * 2)).toBe(1);
});
