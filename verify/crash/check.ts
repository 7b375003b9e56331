import { call, ownDetail, refresh, type Tokens } from '../../tests/support/processes/service.ts';
import { databaseAt } from '../../tests/support/store/stores.ts';
import { readFacts } from './facts.ts';
import { findPartialWrites } from './partial-writes.ts';
import { type Facts, type Findings, settle } from './ledger.ts';
import type { Writer } from './storm.ts';
import type { Target } from './targets.ts';
import type { Desk, Person } from './writes.ts';

const newest = 4;

/** Checks everything after a restart: facts, partial writes, passwords, and the tokens of clients. */
export const check = async (desk: Desk, target: Target, writers: readonly Writer[]): Promise<Findings> => {
  const people = writers.flatMap((writer) => writer.people);
  const uncertain = new Set([...desk.ledger.inFlight].flatMap(({ change }) => change.map(([fact]) => fact)));
  const connection = await databaseAt(target.url).connect();
  try {
    const found = await readFacts(connection);
    for (const [fact, value] of desk.ledger.facts) if (fact.startsWith('password ')) found.set(fact, value);
    for (const fact of uncertain) if (fact.startsWith('password ')) await findPassword(desk, people, fact, found);
    const findings = settle(desk.ledger, found);
    findings.partial.push(...(await findPartialWrites(connection, await readFacts(connection))));
    findings.partial.push(...(await target.inspect(connection)));
    for (const person of people)
      findings.lost.push(...(await checkTokens(desk, person, uncertain.has(`sessions ${person.username}`))));
    for (const { deleted } of writers)
      for (const person of deleted.splice(0, Math.max(0, deleted.length - newest)).concat(deleted))
        findings.lost.push(...(await checkTokens(desk, person, false)));
    await checkPassword(desk, people, findings);
    // The logins that tried passwords opened sessions too.
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

/** Finds out whether the old or the new password works; neither, if the user was never registered or is deleted. */
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

/** Checks a user's tokens. If a write about the sessions was in flight, ended sessions are forgotten. */
const checkTokens = async ({ url }: Desk, person: Person, uncertain: boolean): Promise<string[]> => {
  const lost: string[] = [];
  for (const tokens of person.sessions.splice(0)) {
    const { status } = await ownDetail(url, tokens);
    if (status === 200) person.sessions.push(tokens);
    else if (!uncertain) lost.push(`log in ${person.username}: an open session gets ${status}`);
  }
  person.ended.splice(0, person.ended.length - newest);
  for (const tokens of person.ended) {
    const statuses = [(await ownDetail(url, tokens)).status, (await refresh(url, tokens)).status];
    if (statuses.join() !== '401,401')
      lost.push(`log out ${person.username}: an ended session gets ${statuses.join()}`);
  }
  return lost;
};

/** Checks that one of the users can log in. */
const checkPassword = async (desk: Desk, people: readonly Person[], findings: Findings): Promise<void> => {
  const person = people[desk.next() % people.length];
  if (person === undefined || !desk.ledger.facts.has(`password ${person.username}`)) return;
  const tokens = await tryPassword(desk, person.username, person.password);
  if (tokens === null) findings.lost.push(`the password of ${person.username} is not the one that was acknowledged`);
  else person.sessions.push(tokens);
};
