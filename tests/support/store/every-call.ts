import type { Store } from '@mentorship/adapters/store';
import type { Repositories } from '@mentorship/application';
import { within } from '../records.ts';
import { type Directories, directoryCalls } from './directory-calls.ts';
import { repositoryCalls } from './repository-calls.ts';

type Method = (...input: readonly unknown[]) => Promise<unknown>;
type CallsByMethod = Readonly<Record<string, readonly (readonly unknown[])[]>>;

export type Port = 'storage' | keyof Directories | keyof Repositories;

/** A call of a method of a port. */
interface Call {
  readonly port: Port;
  readonly method: string;
  make(store: Store): Promise<unknown>;
}

const callsOf = <Name extends Port>(
  calls: Readonly<Record<Name, CallsByMethod>>,
  withPort: (store: Store, port: Name, use: (port: object) => Promise<unknown>) => Promise<unknown>,
): Call[] =>
  (Object.entries(calls) as [Name, CallsByMethod][]).flatMap(([port, methods]) =>
    Object.entries(methods).flatMap(([method, inputs]) =>
      inputs.map((input) => ({
        port,
        method,
        make: (store) => withPort(store, port, (port) => (port as Record<string, Method>)[method]!(...input)),
      })),
    ),
  );

/** Calls of every method of every port, on a store that holds the crowd, so that each query runs in every shape. */
export const everyCall: readonly Call[] = [
  { port: 'storage', method: 'ping', make: ({ storage }) => storage.ping() },
  ...callsOf<keyof Repositories>(repositoryCalls, within),
  ...callsOf<keyof Directories>(directoryCalls, (store, port, use) => use(store[port])),
];
