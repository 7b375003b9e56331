import type { QueuedPasswordHasher, KeyRing, PolledRevocationList } from '@mentorship/adapters/security';
import type { ConnectionLoad, Store } from '@mentorship/adapters/store';
import { type Aggregator, Gauge, type Registry } from '@prometheus-io/client';
import { version } from '../version.ts';

/** The state that each scrape reads. It is all in memory, so a scrape never waits for the database. */
export interface ServiceState {
  readonly store: Pick<Store, 'connections'>;
  readonly passwordHasher: Pick<QueuedPasswordHasher, 'load'>;
  readonly revocationList: Pick<PolledRevocationList, 'age' | 'size'>;
  readonly keyRing: Pick<KeyRing, 'publicKeys'>;
}

interface Reading {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The database counts as down if no poll has succeeded for this long, which is also a request's deadline. */
const maxPollAgeMs = 2000;

/** One set of readings per connection pool. A store without pools has none. */
const eachPool =
  (read: (load: ConnectionLoad) => readonly Reading[]) =>
  ({ store }: ServiceState): Reading[] =>
    Object.entries(store.connections()).flatMap(([pool, load]) =>
      read(load).map(({ labels, value }) => ({ labels: { pool, ...labels }, value })),
    );

/** With several workers, a scrape adds up their values, unless `aggregate` says otherwise. */
const gauges: Readonly<
  Record<
    string,
    {
      readonly help: string;
      readonly labels?: readonly string[];
      /** Combines the values of several workers: the worst one, or one of equal values. */
      readonly aggregate?: Aggregator;
      readonly read: (state: ServiceState) => number | readonly Reading[];
    }
  >
> = {
  mentorship_database_up: {
    help: '1 if the database has answered this process within the last 2 seconds, else 0.',
    aggregate: 'min',
    read: ({ revocationList }) => Number(revocationList.age() < maxPollAgeMs),
  },
  mentorship_poll_age_seconds: {
    help: 'Seconds since revocations and keys were refreshed.',
    aggregate: 'max',
    read: ({ revocationList }) => revocationList.age() / 1000,
  },
  mentorship_database_connections: {
    help: 'Connections to PostgreSQL, by pool and state (busy or idle).',
    labels: ['pool', 'state'],
    read: eachPool(({ busy, idle }) => [
      { labels: { state: 'busy' }, value: busy },
      { labels: { state: 'idle' }, value: idle },
    ]),
  },
  mentorship_database_connections_max: {
    help: 'Maximum number of connections of the pool.',
    labels: ['pool'],
    read: eachPool(({ max }) => [{ value: max }]),
  },
  mentorship_database_connections_waiting: {
    help: 'Requests that wait for a connection of the pool.',
    labels: ['pool'],
    read: eachPool(({ waiting }) => [{ value: waiting }]),
  },
  mentorship_password_hashes_running: {
    help: 'Passwords that are being hashed or checked.',
    read: ({ passwordHasher }) => passwordHasher.load().running,
  },
  mentorship_password_hashes_waiting: {
    help: 'Passwords in the queue to be hashed or checked.',
    read: ({ passwordHasher }) => passwordHasher.load().waiting,
  },
  mentorship_ended_sessions: {
    help: 'Ended sessions kept in memory because their access tokens have not expired.',
    aggregate: 'max',
    read: ({ revocationList }) => revocationList.size,
  },
  mentorship_signing_keys: {
    help: 'Published signing keys of all instances that have not expired.',
    aggregate: 'max',
    read: ({ keyRing }) => keyRing.publicKeys().length,
  },
  mentorship_workers: {
    help: 'Number of processes that serve requests.',
    read: () => 1,
  },
  mentorship_build_info: {
    help: 'Always 1. The label has the version of the service.',
    labels: ['version'],
    aggregate: 'max',
    read: () => [{ labels: { version }, value: 1 }],
  },
};

/** Registers the gauges, which read the state at each scrape. */
export const registerStateMetrics = (state: ServiceState, registry: Registry): void => {
  for (const [name, { help, labels = [], aggregate, read }] of Object.entries(gauges)) {
    const gauge = new Gauge({
      name,
      help,
      labelNames: labels,
      ...(aggregate && { aggregator: aggregate }),
      registers: [registry],
      collect() {
        const readings = read(state);
        if (typeof readings === 'number') gauge.set(readings);
        else for (const reading of readings) gauge.set(reading.labels ?? {}, reading.value);
      },
    });
  }
};
