import { afterAll, beforeAll } from 'vitest';

/** Opens what all tests of a suite use, processes say, before the first of them; the stack is disposed of after the last. */
export const openForSuite = <Opened>(open: (running: AsyncDisposableStack) => Promise<Opened>): (() => Opened) => {
  const running = new AsyncDisposableStack();
  let opened: Opened;
  beforeAll(async () => {
    opened = await open(running);
  });
  afterAll(() => running.disposeAsync());
  return () => opened;
};
