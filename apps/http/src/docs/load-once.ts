/** Made for the first who asks, for most processes are never asked. Where it fails, the next who asks tries again. */
export const loadOnce = <Value>(make: () => Promise<Value>): (() => Promise<Value>) => {
  let made: Promise<Value> | undefined;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    }));
};
