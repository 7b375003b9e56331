import { median } from '../verify/support/statistics.ts';
import { takeSample, warmUp } from './compare.ts';
import { createDatabase, type Engine } from './databases.ts';
import { loadUsers, popularMentor } from './load-users.ts';
import { createSessionOpener, hashPassword, type SessionOpener, type Tokens } from './people.ts';
import { reads, type Route, sessionOwners, writes } from './routes.ts';
import { type Server, startProgram, usageOf } from './servers.ts';

/** A store with a number of users, and the service on it. */
interface Place {
  readonly users: number;
  readonly loadSeconds: number;
  readonly server: Server;
  readonly opener: SessionOpener;
  readonly reader: Tokens;
}

/** A route on stores of several sizes. A ratio is to the smallest store's requests per second, by round. */
interface Growth {
  readonly route: string;
  /** Whether its response is the same in all sizes, so that the sizes can be compared. */
  readonly compared: boolean;
  readonly sizes: readonly { users: number; perSecond: number; p99: number; cpu: number; ratio: number }[];
}

export interface GrowthReport {
  readonly places: readonly { users: number; loadSeconds: number; memory: number }[];
  readonly routes: readonly Growth[];
}

/** What else grows: the detail of a mentor with very many mentees, and the list of them. Small stores have fewer of them. */
const crowded: readonly Route[] = [
  {
    name: `GET /api/users/${popularMentor} (a tenth of all are its mentees)`,
    aim: 0,
    connections: 16,
    requests: ({ reader }) => [{ method: 'GET', path: `/api/users/${popularMentor}`, token: reader.access }],
  },
  {
    name: `GET /api/users?mentor=User-${popularMentor}&limit=100 (of these mentees)`,
    aim: 0,
    connections: 16,
    requests: ({ reader }) => [
      { method: 'GET', path: `/api/users?mentor=User-${popularMentor}&limit=100`, token: reader.access },
    ],
  },
];

export const growthRoutes: readonly Route[] = [...reads, ...crowded, ...writes];

export const measureGrowth = async (
  engine: Engine,
  {
    sizes,
    rounds,
    seconds,
    advance,
  }: { sizes: readonly number[]; rounds: number; seconds: number; advance: () => void },
): Promise<GrowthReport> => {
  await using stack = new AsyncDisposableStack();
  const passwordHash = await hashPassword();
  const places: Place[] = [];
  for (const users of sizes) {
    const { url } = stack.use(await createDatabase(engine));
    const loadSeconds = await loadUsers(url, users, passwordHash);
    const opener = stack.use(await createSessionOpener(url));
    const [reader] = await opener.open([1]);
    const server = stack.use(await startProgram('service', url));
    if (!reader) throw new Error('No session was opened.');
    await warmUp(server, reader, users);
    places.push({ users, loadSeconds, server, opener, reader });
  }

  const routes: Growth[] = [];
  let number = 0;
  for (const route of growthRoutes) {
    const samples = places.map(() => [] as Awaited<ReturnType<typeof takeSample>>[]);
    for (let round = 0; round <= rounds; round++)
      for (const [index, { server, opener, reader, users }] of places.entries()) {
        const sessions = await opener.open(sessionOwners(route.sessions ?? 0));
        const sample = await takeSample(server, route, { reader, sessions, users, number: number++ }, seconds);
        if (round > 0) samples[index]?.push(sample);
        advance();
      }
    routes.push({
      route: route.name,
      compared: !crowded.includes(route),
      sizes: places.map(({ users }, index) => {
        const mine = samples[index] ?? [];
        return {
          users,
          perSecond: median(mine.map(({ perSecond }) => perSecond)),
          p99: median(mine.map(({ p99 }) => p99)),
          cpu: median(mine.map(({ cpu }) => cpu)),
          ratio: median(mine.map(({ perSecond }, round) => perSecond / (samples[0]?.[round]?.perSecond ?? 1))),
        };
      }),
    });
  }
  return {
    places: places.map(({ users, loadSeconds, server }) => ({
      users,
      loadSeconds,
      memory: usageOf(server.pid).memory,
    })),
    routes,
  };
};
