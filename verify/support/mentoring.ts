import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, call, createDatabase, type Service } from '../../tests/support/processes/service.ts';
import type { Person } from './people.ts';
import { startPostgres } from './servers.ts';

/** A mentorship, or a problem: then it has a code. */
export type Mentorship = {
  id: number;
  mentor_username: string;
  mentee_username: string;
  status: string;
  started_at: string | null;
  ended_at: string | null;
  version: number;
};
export type Problem = { code: string };

/** On which databases all of it is tried. */
export const databases = {
  sqlite: { title: 'one SQLite file', create: () => createDatabase('sqlite') },
  postgres: { title: 'one PostgreSQL', create: () => startPostgres() },
} as const;
export const databaseNames = ['sqlite', 'postgres'] as const satisfies (keyof typeof databases)[];

/** Asks a mentor, `{ mentor: name }`, or offers to be one, `{ mentee: name }`. */
export const request = ({ url }: Service, { token }: Person, body: { mentor: string } | { mentee: string }) =>
  call<Mentorship & Problem>(url, 'POST /api/mentorships', { token, body });

export const changeStatus = ({ url }: Service, { token }: Person, id: number, status: string) =>
  call<Mentorship & Problem>(url, `PATCH /api/mentorships/${id}`, { token, body: { status } });

type Choice = { mentor?: string; mentor_policy?: 'open' | 'approval' | 'closed'; mentor_capacity?: number | null };

/** Names a mentor, as in the README, or says how one wants to be a mentor. */
export const choose = ({ url }: Service, { token }: Person, body: Choice) =>
  call<Problem>(url, 'PATCH /api/users/me', { token, body });

/** `200`, or `409 mentor_full`. */
export const inShort = ({ status, body }: Answer<Partial<Problem>>): string =>
  body?.code === undefined ? `${status}` : `${status} ${body.code}`;

/** How often a request is sent before its 503 counts as the answer. */
const mostTries = 5;

/** Sends a request again after a 503, when its answer says, as a client does; `waits` is how often. */
export const insist = async <Reply extends Answer<unknown>>(
  send: () => Promise<Reply>,
): Promise<{ reply: Reply; waits: number }> => {
  for (let waits = 0; ; waits++) {
    const reply = await send();
    const seconds = Number(reply.headers.get('retry-after') ?? 0);
    if (reply.status !== 503 || seconds === 0 || waits === mostTries - 1) return { reply, waits };
    await delay(seconds * 1000);
  }
};

/** The bodies of all pages, each where the `Link` of the one before leads. */
export const pagesFrom = async <Body>({ url }: Service, { token }: Person, first: string): Promise<Body[]> => {
  const pages: Body[] = [];
  let next: string | undefined = first;
  while (next !== undefined) {
    const path: string = next;
    const { reply: page } = await insist(() => call<Body>(url, `GET ${path}`, { token }));
    if (page.status !== 200) throw new Error(`GET ${path} was answered with ${page.status}.`);
    pages.push(page.body);
    next = /^<(.+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1];
  }
  return pages;
};
