import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, call, createDatabase, type Service } from '../../tests/support/processes/service.ts';
import type { Person } from './people.ts';
import { startPostgres } from './servers.ts';

/** A mentorship. */
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

/** The databases to run on. */
export const databases = {
  sqlite: { title: 'one SQLite file', create: () => createDatabase('sqlite') },
  postgres: { title: 'one PostgreSQL', create: () => startPostgres() },
} as const;
export const databaseNames = ['sqlite', 'postgres'] as const satisfies (keyof typeof databases)[];

/** Requests a mentor, `{ mentor: name }`, or offers to mentor, `{ mentee: name }`. */
export const request = ({ url }: Service, { token }: Person, body: { mentor: string } | { mentee: string }) =>
  call<Mentorship & Problem>(url, 'POST /api/mentorships', { token, body });

export const changeStatus = ({ url }: Service, { token }: Person, id: number, status: string) =>
  call<Mentorship & Problem>(url, `PATCH /api/mentorships/${id}`, { token, body: { status } });

type Choice = { mentor?: string; mentor_policy?: 'open' | 'approval' | 'closed'; mentor_capacity?: number | null };

/** Names a mentor, or changes the mentor profile. */
export const choose = ({ url }: Service, { token }: Person, body: Choice) =>
  call<Problem>(url, 'PATCH /api/users/me', { token, body });

/** `200`, or `409 mentor_full`. */
export const inShort = ({ status, body }: Answer<Partial<Problem>>): string =>
  body?.code === undefined ? `${status}` : `${status} ${body.code}`;

/** The number of tries before a 503 counts as the response. */
const maxTries = 5;

/** Retries a request after a 503 with Retry-After, as a client does; `waits` is the number of retries. */
export const sendWithRetries = async <Reply extends Answer<unknown>>(
  send: () => Promise<Reply>,
): Promise<{ reply: Reply; waits: number }> => {
  for (let waits = 0; ; waits++) {
    const reply = await send();
    const seconds = Number(reply.headers.get('retry-after') ?? 0);
    if (reply.status !== 503 || seconds === 0 || waits === maxTries - 1) return { reply, waits };
    await delay(seconds * 1000);
  }
};

/** Reads the bodies of all pages, following the `Link` headers. */
export const pagesFrom = async <Body>({ url }: Service, { token }: Person, first: string): Promise<Body[]> => {
  const pages: Body[] = [];
  let next: string | undefined = first;
  while (next !== undefined) {
    const path: string = next;
    const { reply: page } = await sendWithRetries(() => call<Body>(url, `GET ${path}`, { token }));
    if (page.status !== 200) throw new Error(`GET ${path} returned ${page.status}.`);
    pages.push(page.body);
    next = /^<(.+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1];
  }
  return pages;
};
