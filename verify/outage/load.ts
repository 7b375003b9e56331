import { setTimeout as delay } from 'node:timers/promises';
import { readToken } from '../../tests/support/http/forge.ts';
import { type Desk, fateOf } from './answers.ts';
import type { Ledger } from './ledger.ts';
import type { Person } from '../support/people.ts';
import { password } from '../../tests/support/processes/service.ts';
import { pick, steadily } from '../support/requests.ts';

/** A request is sent every so many milliseconds, whether those before have been answered or not. */
const interval = 25;

/** Somebody who does one thing at a time, and what they have begun. */
type Actor = Person & { busy: boolean; mentorship: number | null; refresh: string | null };

export type Load = { desk: Desk; ledger: Ledger; writers: Actor[]; askers: Actor[]; mentors: readonly string[] };

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

/** Opens another session, with which to go on, and ends the one before. */
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

/** Asks a mentor; with a request open, cancels it. After an answer that says nothing, asking again tells what was kept. */
const askOrCancel: Action = async ({ desk, ledger, mentors }, actor) => {
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

/** How many of twenty requests are of each kind; the others read. */
const mix: [part: number, who: 'writers' | 'askers', action: Action][] = [
  [2, 'writers', contact('phone', (number) => `${1_000_000 + number}`)],
  [2, 'writers', contact('email', (number) => `mail-${number}@example.com`)],
  [2, 'writers', changeMentor],
  [2, 'askers', askOrCancel],
  [1, 'writers', refreshAccess],
  [0.6, 'writers', logIn],
  [0.6, 'writers', changeSession],
  [0.6, 'writers', register],
];

/** Who is waiting for an answer asks nothing else: so the order of what one writes is known. */
const act = async (load: Load): Promise<void> => {
  let choice = Math.random() * 20;
  const [, who, action] = mix.find(([part]) => (choice -= part) < 0) ?? [0, 'askers' as const, read];
  const actor = load[who].find(({ busy }) => !busy);
  if (action === read || !actor) return void (await read(load, pick([load.writers[0]!, ...load.askers])));
  // The longest idle one next time.
  load[who].push(...load[who].splice(load[who].indexOf(actor), 1));
  actor.busy = true;
  await action(load, actor).finally(() => {
    actor.busy = false;
  });
};

/** Loads the service until the promise resolves, and then until every request is answered. */
export const loadUntil = async (load: Load, end: Promise<unknown>): Promise<void> => {
  await steadily(interval, () => act(load), end);
};

/** How soon each instance's `/readyz` is asked again, in milliseconds. */
const watchInterval = 50;

/** Asks every instance whether it is ready, again and again. */
export const watchReadiness = async ({ desk }: Load, end: Promise<unknown>): Promise<void> => {
  await delay(0);
  const watch = (instance: number) => steadily(watchInterval, () => desk.send('GET /readyz', { instance }), end);
  await Promise.all(desk.services.map((_, instance) => watch(instance)));
};
