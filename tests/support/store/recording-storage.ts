import type { Repositories, Storage } from '@mentorship/application';

/** A call of a repository: its name, such as `users.add`, and its input. */
export type RepositoryCall = readonly [name: string, ...input: readonly unknown[]];

/** A storage that passes every call of its repositories, and each erasure of traces, to `record` first. If `record` throws, the call fails. */
export const recordingStorage = (storage: Storage, record: (call: RepositoryCall) => void): Storage => ({
  ...storage,
  async eraseTraces(...input) {
    record(['storage.eraseTraces', ...input]);
    return storage.eraseTraces(...input);
  },
  atomically: (work) =>
    storage.atomically((repositories) =>
      work(
        Object.fromEntries(
          Object.entries(repositories).map(([name, repository]) => [
            name,
            recording(name, repository as object, record),
          ]),
        ) as unknown as Repositories,
      ),
    ),
});

const recording = <Repository extends object>(
  name: string,
  repository: Repository,
  record: (call: RepositoryCall) => void,
): Repository =>
  new Proxy(repository, {
    get(target, key) {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function') return method;
      return async (...input: unknown[]): Promise<unknown> => {
        record([`${name}.${String(key)}`, ...input]);
        return Reflect.apply(method, target, input);
      };
    },
  });
