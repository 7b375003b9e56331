import type { Store } from '@mentorship/adapters/store';
import type { Repositories } from '@mentorship/application';
import { type Directories, directoryCalls } from './directory-calls.ts';
import { within } from '../records.ts';
import { repositoryCalls } from './repository-calls.ts';

type Method = (...input: readonly unknown[]) => Promise<unknown>;

const makeCalls = async (
  calls: Readonly<Record<string, readonly (readonly unknown[])[]>>,
  withPort: (use: (port: object) => Promise<unknown>) => Promise<unknown>,
): Promise<void> => {
  for (const [method, inputs] of Object.entries(calls))
    for (const input of inputs) await withPort((port) => (port as Record<string, Method>)[method]!(...input));
};

/** Calls every method of every port of a store on which the crowd is, so that each query is made in every shape. */
export const makeEveryCall = async (store: Store): Promise<void> => {
  await store.storage.ping();
  for (const [name, calls] of Object.entries(directoryCalls))
    await makeCalls(calls, (use) => use(store[name as keyof Directories]));
  for (const [name, calls] of Object.entries(repositoryCalls))
    await makeCalls(calls, (use) => within(store, name as keyof Repositories, use));
};
