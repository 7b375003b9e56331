import { setTimeout as delay } from 'node:timers/promises';
import { readToken } from '../../tests/support/http/forge.ts';
import { type Desk, fateOf } from './answers.ts';
import type { Ledger } from './ledger.ts';
import type { Person } from '../support/people.ts';
import { password } from '../../tests/support/processes/service.ts';
import { pick, steadily } from '../support/requests.ts';

/** The interval between requests in milliseconds, whether or not earlier ones have been answered. */
const intervalMs = 25;

/** A user who sends one request at a time, with an open mentorship request and session. */
type Actor = Person & { busy: boolean; mentorship: number | null; refresh: string | null };

export type Load = { desk: Desk; ledger: Ledger; writers: Actor[]; requesters: Actor[]; mentors: readonly string[] };

type Action = (load: Load, actor: Actor) => Promise<unknown>;

let count = 0;
const nextNumber = () => (count += 1);
const me = 'PATCH /api/users/me';

const contact =
  (field: 'phone' | 'email', make: (number: number) => string): Action =>
  async ({ desk, ledger }, { username, token }) => {
    const value = make(nextNumber());
    const answer = await desk.send(me, { token, body: { [field]: value } });
    ledger.write(`${field} of ${username}`, value, fateOf(answer));
  };

const changeMentor: Action = async ({ desk, ledger, mentors }, { username, token }) => {
  const mentor = mentors[nextNumber() % mentors.length] ?? '';
  const answer = await desk.send(me, { token, body: { mentor } });
  ledger.write(`mentor of ${username}`, mentor, fateOf(answer));
};

const register: Action = async ({ desk, ledger }) => {
  const username = `newcomer-${nextNumber()}`;
  const answer = await desk.send('POST /api/registration', { body: { username, password } });
  ledger.write(`user ${username}`, 'there', fateOf(answer));
};

const sessionOf = (token: string): string => `session ${String(readToken(token).claims['sid'])}`;

const logIn: Action = async ({ desk, ledger }, actor) => {
  const { body } = await desk.send('POST /api/login', { body: { username: actor.username, password } });
  if (!body?.access || !body.refresh) return;
  ledger.write(sessionOf(body.access), 'open', 'acknowledged');
  [actor.token, actor.refresh] = [body.access, body.refresh];
};

/** Opens another session, and ends the previous one. */
const changeSession: Action = async (load, actor) => {
  const { refresh } = actor;
  await logIn(load, actor);
  if (refresh === null || actor.refresh === refresh) return;
  const answer = await load.desk.send('POST /api/logout', { token: actor.token, body: { refresh } });
  load.ledger.write(sessionOf(refresh), 'ended', fateOf(answer));
};

const refreshAccess: Action = async ({ desk }, actor) => {
  if (actor.refresh === null) return;
  const { body } = await desk.send('POST /api/token/refresh', { body: { refresh: actor.refresh } });
  if (body?.access) actor.token = body.access;
};

/** Requests a mentor, or cancels the open request. After an unclear response, the next request shows what was kept. */
const requestOrCancel: Action = async ({ desk, ledger, mentors }, actor) => {
  const { token, mentorship } = actor;
  if (mentorship === null) {
    const body = { mentor: mentors[0] };
    const answer = await desk.send('POST /api/mentorships', { token, body, fine: ['request_exists'] });
    actor.mentorship =
      answer.body?.id ?? (Number(/\/api\/mentorships\/(\d+)/.exec(answer.body?.detail ?? '')?.[1]) || null);
    if (answer.body?.id) ledger.write(`mentorship ${answer.body.id}`, String(answer.body.status), fateOf(answer));
    return;
  }
  actor.mentorship = null;
  const answer = await desk.send(`PATCH /api/mentorships/${mentorship}`, { token, body: { status: 'cancelled' } });
  ledger.write(`mentorship ${mentorship}`, 'cancelled', fateOf(answer));
};

const read: Action = ({ desk }, { token, id }) =>
  desk.send(pick(['GET /api/users/me', 'GET /api/users?limit=20', `GET /api/users/${id}`]), { token });

/** The number of each action in twenty requests; the others read. */
const mix: [part: number, group: 'writers' | 'requesters', action: Action][] = [
  [2, 'writers', contact('phone', (number) => `${1_000_000 + number}`)],
  [2, 'writers', contact('email', (number) => `mail-${number}@example.com`)],
  [2, 'writers', changeMentor],
  [2, 'requesters', requestOrCancel],
  [1, 'writers', refreshAccess],
  [0.6, 'writers', logIn],
  [0.6, 'writers', changeSession],
  [0.6, 'writers', register],
];

/** Sends a request for an idle user. A user with a request in flight sends no other, so the order of its writes is known. */
const act = async (load: Load): Promise<void> => {
  let choice = Math.random() * 20;
  const [, group, action] = mix.find(([part]) => (choice -= part) < 0) ?? [0, 'requesters' as const, read];
  const actor = load[group].find(({ busy }) => !busy);
  if (action === read || !actor) return void (await read(load, pick([load.writers[0]!, ...load.requesters])));
  // The next request is for the user who has been idle longest.
  load[group].push(...load[group].splice(load[group].indexOf(actor), 1));
  actor.busy = true;
  await action(load, actor).finally(() => {
    actor.busy = false;
  });
};

/** Loads the service until the promise resolves, and then until every request is answered. */
export const loadUntil = async (load: Load, end: Promise<unknown>): Promise<void> => {
  await steadily(intervalMs, () => act(load), end);
};

/** The interval between requests of each instance's `/readyz`, in milliseconds. */
const watchIntervalMs = 50;

/** Polls the readiness of every instance. */
export const watchReadiness = async ({ desk }: Load, end: Promise<unknown>): Promise<void> => {
  await delay(0);
  const watch = (instance: number) => steadily(watchIntervalMs, () => desk.send('GET /readyz', { instance }), end);
  await Promise.all(desk.services.map((_, instance) => watch(instance)));
};
