import type { QueuedPasswordHasher, KeyRing, PolledRevocationList } from '@mentorship/adapters/security';
import type { ConnectionLoad, Store } from '@mentorship/adapters/store';
import { type Aggregator, Gauge, type Registry } from '@prometheus-io/client';
import { version } from '../version.ts';

/** What is asked at each scrape. All of it is in memory: a scrape waits for nobody, whatever the database does. */
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

/** How long the database may say nothing until it counts as away, in milliseconds: as long as a request waits for it. */
const longestSilence = 2000;

/** Of each pool of connections; where there is no pool there is no reading. */
const eachPool =
  (read: (load: ConnectionLoad) => readonly Reading[]) =>
  ({ store }: ServiceState): Reading[] =>
    Object.entries(store.connections()).flatMap(([pool, load]) =>
      read(load).map(({ labels, value }) => ({ labels: { pool, ...labels }, value })),
    );

/** Of several workers the worst, and what all of them know is counted once. */
const gauges: Readonly<
  Record<
    string,
    {
      readonly help: string;
      readonly labels?: readonly string[];
      /** What several workers say in one; their sum unless it is given. */
      readonly together?: Aggregator;
      readonly read: (state: ServiceState) => number | readonly Reading[];
    }
  >
> = {
  mentorship_database_up: {
    help: '1 when the database has answered this process within two seconds, else 0.',
    together: 'min',
    read: ({ revocationList }) => Number(revocationList.age() < longestSilence),
  },
  mentorship_poll_age_seconds: {
    help: 'How old the knowledge of ended sessions and signing keys is.',
    together: 'max',
    read: ({ revocationList }) => revocationList.age() / 1000,
  },
  mentorship_database_connections: {
    help: 'Connections to PostgreSQL, by pool and whether they are busy or idle.',
    labels: ['pool', 'state'],
    read: eachPool(({ busy, idle }) => [
      { labels: { state: 'busy' }, value: busy },
      { labels: { state: 'idle' }, value: idle },
    ]),
  },
  mentorship_database_connections_max: {
    help: 'How many connections a pool may have.',
    labels: ['pool'],
    read: eachPool(({ max }) => [{ value: max }]),
  },
  mentorship_database_connections_waiting: {
    help: 'Who waits for a connection of the pool.',
    labels: ['pool'],
    read: eachPool(({ waiting }) => [{ value: waiting }]),
  },
  mentorship_password_hashes_running: {
    help: 'Passwords that are being hashed or checked.',
    read: ({ passwordHasher }) => passwordHasher.load().running,
  },
  mentorship_password_hashes_waiting: {
    help: 'Passwords that wait for their turn to be hashed or checked.',
    read: ({ passwordHasher }) => passwordHasher.load().waiting,
  },
  mentorship_ended_sessions: {
    help: 'Ended sessions that are remembered, because an access token of theirs could otherwise be good.',
    together: 'max',
    read: ({ revocationList }) => revocationList.size,
  },
  mentorship_signing_keys: {
    help: 'Published signing keys that have not expired, of all instances.',
    together: 'max',
    read: ({ keyRing }) => keyRing.publicKeys().length,
  },
  mentorship_workers: {
    help: 'Processes that serve.',
    read: () => 1,
  },
  mentorship_build_info: {
    help: 'Always 1; the label says what runs.',
    labels: ['version'],
    together: 'max',
    read: () => [{ labels: { version }, value: 1 }],
  },
};

/** Tells what the service is like at the moment of each scrape. */
export const registerStateMetrics = (state: ServiceState, registry: Registry): void => {
  for (const [name, { help, labels = [], together, read }] of Object.entries(gauges)) {
    const gauge = new Gauge({
      name,
      help,
      labelNames: labels,
      ...(together && { aggregator: together }),
      registers: [registry],
      collect() {
        const readings = read(state);
        if (typeof readings === 'number') gauge.set(readings);
        else for (const reading of readings) gauge.set(reading.labels ?? {}, reading.value);
      },
    });
  }
};
