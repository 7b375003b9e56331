import { call, password, type Tokens } from '../../tests/support/processes/service.ts';
import { lastOf, list, naming, sessionsOf } from './changes.ts';
import { type Change, type Ledger, write } from './ledger.ts';

/** A user of one writer, with the tokens of open and ended sessions. */
export type Person = { username: string; password: string; sessions: Tokens[]; ended: Tokens[] };

/** The service, the ledger, the mentors that every writer names, and a source of unique numbers. */
export type Desk = { url: string; ledger: Ledger; mentors: readonly [string, ...string[]]; next(): number };

/** The token of the first session, which sends all requests. */
export const tokenOf = ({ sessions }: Person): { token: string } => ({ token: sessions[0]?.access ?? '' });

export const register = async ({ url, ledger, next }: Desk, username: string, mentor?: string): Promise<Person> => {
  const number = next();
  const [email, phone] = [`${username}@example.com`, `+7${number}00`];
  const body = { username, password, email, phone, ...(mentor && { mentor_username: mentor }) };
  const change: Change = [
    [`user ${username}`, 'there'],
    [`email ${username}`, email],
    [`phone ${username}`, phone],
    [`password ${username}`, password],
    ...(mentor ? naming(ledger.facts, username, mentor) : []),
  ];
  await write(ledger, `register ${username}`, change, () => call(url, 'POST /api/registration', { body }));
  return { username, password, sessions: [], ended: [] };
};

export const logIn = async ({ url, ledger }: Desk, person: Person): Promise<void> => {
  const { username, password } = person;
  const change = [sessionsOf(ledger.facts, person.username, 1, 0)];
  const body = { username, password };
  const answer = await write(ledger, `log in ${username}`, change, () =>
    call<Tokens>(url, 'POST /api/login', { body }),
  );
  if (answer !== null) person.sessions.push(answer.body);
};

/** Logs out the newest session, but never the first. */
export const logOut = async ({ url, ledger }: Desk, person: Person): Promise<void> => {
  const session = person.sessions[1] && person.sessions.pop();
  if (session === undefined) return;
  const change = [sessionsOf(ledger.facts, person.username, 0, 1)];
  await write(ledger, `log out ${person.username}`, change, () =>
    call(url, 'POST /api/logout', { body: { refresh: session.refresh }, token: session.access }),
  );
  person.ended.push(session);
};

const patch = ({ url, ledger }: Desk, person: Person, body: object, change: Change) =>
  write(ledger, `change ${Object.keys(body).join()} of ${person.username}`, change, () =>
    call(url, 'PATCH /api/users/me', { ...tokenOf(person), body }),
  );

export const changeContact = async (desk: Desk, person: Person): Promise<void> => {
  const [{ username }, number] = [person, desk.next()];
  const [email, phone] = [`${username}.${number}@example.com`, `+7${number}00`];
  await patch(desk, person, { email, phone }, [
    [`email ${username}`, email],
    [`phone ${username}`, phone],
  ]);
};

/** Changes three tables at once. */
export const changeProfile = async (desk: Desk, person: Person): Promise<void> => {
  const [{ username }, number] = [person, desk.next()];
  const mentor = desk.mentors[number % desk.mentors.length] ?? desk.mentors[0];
  const [bio, skills] = [`Number ${number}.`, [`s${number}`, `t${number}`]];
  await patch(desk, person, { bio, skills, mentor }, [
    [`bio ${username}`, bio],
    [`skills ${username}`, JSON.stringify(skills)],
    [`keys ${username}`, skills.join()],
    ...naming(desk.ledger.facts, username, mentor),
  ]);
};

export const nameMentor = async (desk: Desk, person: Person): Promise<void> => {
  const mentor = desk.mentors[desk.next() % desk.mentors.length] ?? desk.mentors[0];
  await patch(desk, person, { mentor }, naming(desk.ledger.facts, person.username, mentor));
};

export const removeMentor = async (desk: Desk, person: Person): Promise<void> => {
  const { username } = person;
  const before = desk.ledger.facts.get(`mentor ${username}`);
  if (before === undefined) return;
  await patch(desk, person, { mentor: '' }, [
    [`mentor ${username}`, undefined],
    lastOf(desk.ledger.facts, username, before, 'ended'),
  ]);
};

/** Ends all sessions except the one that sends the request. */
export const changePassword = async (desk: Desk, person: Person): Promise<void> => {
  const { username, sessions } = person;
  const secret = `secret ${desk.next()}`;
  const others = list(desk.ledger.facts, `sessions ${username}`).filter((one) => one === 'open').length - 1;
  const change = [[`password ${username}`, secret], sessionsOf(desk.ledger.facts, username, 0, others)] as const;
  if ((await patch(desk, person, { password: secret }, change)) === null) return;
  person.password = secret;
  person.ended.push(...sessions.splice(1));
};
