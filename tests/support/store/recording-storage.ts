import type { Repositories, Storage } from '@mentorship/application';

/** A call of a repository: `users.add` and what it was given. */
export type RepositoryCall = readonly [name: string, ...input: readonly unknown[]];

/** The storage, noting every call of its repositories before it is made. A note that throws fails the call. */
export const recordingStorage = (storage: Storage, note: (call: RepositoryCall) => void): Storage => ({
  ...storage,
  atomically: (work) =>
    storage.atomically((repositories) =>
      work(
        Object.fromEntries(
          Object.entries(repositories).map(([name, repository]) => [name, noting(name, repository as object, note)]),
        ) as unknown as Repositories,
      ),
    ),
});

const noting = <Repository extends object>(
  name: string,
  repository: Repository,
  note: (call: RepositoryCall) => void,
): Repository =>
  new Proxy(repository, {
    get(target, key) {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function') return method;
      return async (...input: unknown[]): Promise<unknown> => {
        note([`${name}.${String(key)}`, ...input]);
        return Reflect.apply(method, target, input);
      };
    },
  });
