import { afterAll, beforeAll } from 'vitest';

/** Opens what the tests of a suite share, such as processes, before the first test, and disposes of it after the last. */
export const openForSuite = <Opened>(open: (running: AsyncDisposableStack) => Promise<Opened>): (() => Opened) => {
  const running = new AsyncDisposableStack();
  let opened: Opened;
  beforeAll(async () => {
    opened = await open(running);
  });
  afterAll(() => running.disposeAsync());
  return () => opened;
};
