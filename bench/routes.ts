import type { Load, Request } from './client.ts';
import { type Tokens, password } from './people.ts';

/** A route that is measured. */
export interface Route {
  readonly name: string;
  /** The least share of the control's throughput that is aimed at. */
  readonly aim: number;
  readonly connections: number;
  /** Whether a request is good for one time only. */
  readonly once?: boolean;
  /** How many sessions one round uses up. */
  readonly sessions?: number;
  /** The requests of one round; no two rounds get the same sessions. */
  requests(round: Round): Request[];
}

export interface Round {
  /** Who is logged in: the first of them all along, the others by `sessions` a round. */
  readonly reader: Tokens;
  readonly sessions: readonly Tokens[];
  /** How many users there are. */
  readonly users: number;
  /** No two rounds have the same. */
  readonly number: number;
}

const get = (path: string, { access }: Tokens): Request => ({ method: 'GET', path, token: access });

/** As many different requests as one round goes through again and again. */
const variety = 1000;
const many = <Made>(make: (index: number) => Made): Made[] =>
  Array.from({ length: variety }, (_, index) => make(index));

/** Spread over all users, the same ones for every program. */
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
      // By the access token of another session of the same user, which is checked once.
      sessions.slice(100).map(({ userId, refresh }) => {
        const { access } = sessions.slice(0, 100).find((session) => session.userId === userId) as Tokens;
        return { method: 'POST', path: '/api/logout', token: access, body: { refresh } };
      }),
  },
];

/** The users whose sessions a round uses, in turn: a hundred of them, none of whom reads. */
export const sessionOwners = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => 101 + (index % 100));

export const loadOf = ({ connections, once = false }: Route, requests: readonly Request[], seconds: number): Load => ({
  requests,
  once,
  connections,
  seconds,
});
