import type { Load, Request } from './client.ts';
import { type Tokens, password } from './people.ts';

/** A route that is measured. */
export interface Route {
  readonly name: string;
  /** The target: the smallest acceptable ratio to the control's throughput. */
  readonly aim: number;
  readonly connections: number;
  /** Whether each request works only once. */
  readonly once?: boolean;
  /** The number of sessions that one round uses up. */
  readonly sessions?: number;
  /** The requests of one round. Each round gets other sessions. */
  requests(round: Round): Request[];
}

export interface Round {
  /** Logged in for all rounds; `sessions` are for this round only. */
  readonly reader: Tokens;
  readonly sessions: readonly Tokens[];
  /** The number of users. */
  readonly users: number;
  /** The number of the round, unique over all programs. */
  readonly number: number;
}

const get = (path: string, { access }: Tokens): Request => ({ method: 'GET', path, token: access });

/** The number of different requests, which one round repeats. */
const variety = 1000;
const many = <Item>(make: (index: number) => Item): Item[] =>
  Array.from({ length: variety }, (_, index) => make(index));

/** User ids spread over all users, the same for every program. */
const scattered = (index: number, users: number): number => 3 + ((index * 7919 * 131) % (users - 2));

export const reads: readonly Route[] = [
  {
    name: 'GET /api/users/:id',
    aim: 0.95,
    connections: 16,
    requests: ({ reader, users }) => many((index) => get(`/api/users/${scattered(index, users)}`, reader)),
  },
  {
    name: 'GET /api/users/me',
    aim: 0.95,
    connections: 16,
    requests: ({ reader }) => [get('/api/users/me', reader)],
  },
  {
    name: 'GET /api/users?limit=100',
    aim: 0.95,
    connections: 16,
    requests: ({ reader }) => [get('/api/users?limit=100', reader)],
  },
  { name: 'GET /api/users', aim: 0.95, connections: 16, requests: ({ reader }) => [get('/api/users', reader)] },
];

export const writes: readonly Route[] = [
  {
    name: 'POST /api/registration',
    aim: 0.9,
    connections: 8,
    once: true,
    requests: ({ number }) =>
      many((index) => ({
        method: 'POST',
        path: '/api/registration',
        body: { username: `new-${number}-${index}`, password, email: `new-${index}@example.com` },
      })),
  },
  {
    name: 'PATCH /api/users/:id',
    aim: 0.9,
    connections: 8,
    sessions: 100,
    requests: ({ sessions, number }) =>
      many((index) => {
        const { userId, access } = sessions[index % sessions.length] as Tokens;
        const phone = `+7${1_000_000_000 + number * variety + index}`;
        return { method: 'PATCH', path: `/api/users/${userId}`, token: access, body: { phone } };
      }),
  },
  {
    name: 'POST /api/logout',
    aim: 0.9,
    connections: 8,
    once: true,
    sessions: 3500,
    requests: ({ sessions }) =>
      // With the access token of another session of the same user, whose signature is checked once.
      sessions.slice(100).map(({ userId, refresh }) => {
        const { access } = sessions.slice(0, 100).find((session) => session.userId === userId) as Tokens;
        return { method: 'POST', path: '/api/logout', token: access, body: { refresh } };
      }),
  },
];

/** The users whose sessions a round uses: a hundred, without the reader. */
export const sessionOwners = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => 101 + (index % 100));

export const loadOf = ({ connections, once = false }: Route, requests: readonly Request[], seconds: number): Load => ({
  requests,
  once,
  connections,
  seconds,
});
