/** Runs work exclusively, in the order of the calls. */
export type Mutex = <Result>(work: () => Promise<Result> | Result) => Promise<Result>;

export const createMutex = (): Mutex => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
};
