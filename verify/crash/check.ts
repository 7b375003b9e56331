import { call, ownDetail, refresh, type Tokens } from '../../tests/support/processes/service.ts';
import { databaseAt } from '../../tests/support/store/stores.ts';
import { readFacts } from './facts.ts';
import { findHalves } from './partial-writes.ts';
import { type Facts, type Findings, settle } from './ledger.ts';
import type { Writer } from './storm.ts';
import type { Target } from './targets.ts';
import type { Desk, Person } from './writes.ts';

const newest = 4;

/** Looks at all that is there after a restart: the facts, what is half there, passwords, and the tokens of clients. */
export const check = async (desk: Desk, target: Target, writers: readonly Writer[]): Promise<Findings> => {
  const people = writers.flatMap((writer) => writer.people);
  const uncertain = new Set([...desk.ledger.inFlight].flatMap(({ change }) => change.map(([fact]) => fact)));
  const connection = await databaseAt(target.url).connect();
  try {
    const found = await readFacts(connection);
    for (const [fact, value] of desk.ledger.facts) if (fact.startsWith('password ')) found.set(fact, value);
    for (const fact of uncertain) if (fact.startsWith('password ')) await findPassword(desk, people, fact, found);
    const findings = settle(desk.ledger, found);
    findings.halfDone.push(...(await findHalves(connection, await readFacts(connection))));
    findings.halfDone.push(...(await target.inspect(connection)));
    for (const person of people)
      findings.lost.push(...(await checkTokens(desk, person, uncertain.has(`sessions ${person.username}`))));
    for (const { left } of writers)
      for (const person of left.splice(0, Math.max(0, left.length - newest)).concat(left))
        findings.lost.push(...(await checkTokens(desk, person, false)));
    await checkPassword(desk, people, findings);
    // The logins by which passwords were tried are sessions too.
    const passwords = [...desk.ledger.facts].filter(([fact]) => fact.startsWith('password '));
    desk.ledger.facts = new Map([...(await readFacts(connection)), ...passwords]);
    return findings;
  } finally {
    await connection.close();
  }
};

const tryPassword = async ({ url }: Desk, username: string, password: string): Promise<Tokens | null> => {
  const { status, body } = await call<Tokens>(url, 'POST /api/login', { body: { username, password } });
  return status === 200 ? body : null;
};

/** Which it is, the one before or the one that was on its way; none, where nobody has registered, or the user has left. */
const findPassword = async (desk: Desk, people: readonly Person[], fact: string, found: Facts): Promise<void> => {
  const username = fact.slice('password '.length);
  const written = [...desk.ledger.inFlight].flatMap(({ change }) => change.filter(([name]) => name === fact));
  found.delete(fact);
  for (const password of [desk.ledger.facts.get(fact), ...written.map(([, value]) => value)])
    if (password !== undefined && (await tryPassword(desk, username, password))) {
      found.set(fact, password);
      const person = people.find((one) => one.username === username);
      if (person) person.password = password;
      return;
    }
};

/** Of the sessions of somebody whose sessions were about to end, those that have ended are forgotten. */
const checkTokens = async ({ url }: Desk, person: Person, uncertain: boolean): Promise<string[]> => {
  const lost: string[] = [];
  for (const tokens of person.sessions.splice(0)) {
    const { status } = await ownDetail(url, tokens);
    if (status === 200) person.sessions.push(tokens);
    else if (!uncertain) lost.push(`log in ${person.username}: a session of theirs is answered with ${status}`);
  }
  person.ended.splice(0, person.ended.length - newest);
  for (const tokens of person.ended) {
    const statuses = [(await ownDetail(url, tokens)).status, (await refresh(url, tokens)).status];
    if (statuses.join() !== '401,401')
      lost.push(`log out ${person.username}: the ended session is answered with ${statuses.join()}`);
  }
  return lost;
};

/** One of them, whoever it is, can log in. */
const checkPassword = async (desk: Desk, people: readonly Person[], findings: Findings): Promise<void> => {
  const person = people[desk.next() % people.length];
  if (person === undefined || !desk.ledger.facts.has(`password ${person.username}`)) return;
  const tokens = await tryPassword(desk, person.username, person.password);
  if (tokens === null) findings.lost.push(`the password of ${person.username} is not the one that was acknowledged`);
  else person.sessions.push(tokens);
};
