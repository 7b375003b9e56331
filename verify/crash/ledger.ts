import { appendFileSync } from 'node:fs';
import type { Answer } from '../../tests/support/processes/service.ts';

/** All that a database says of the users, in small facts: `email anna` is an address. What is not there is missing. */
export type Facts = Map<string, string>;

/** What a write makes of the facts, all of it at once. undefined takes a fact away. */
export type Change = readonly (readonly [fact: string, value: string | undefined])[];

type Write = { what: string; change: Change };

/** What the writers know, kept outside the service: what it has acknowledged, and what it has not answered yet. */
export type Ledger = {
  facts: Facts;
  inFlight: Set<Write>;
  /** Who wrote a fact last. */
  writers: Map<string, Write>;
  /** Every acknowledgement, a line each. */
  file: string;
  acknowledged: number;
  refused: number;
};

export const newLedger = (file: string): Ledger => ({
  facts: new Map(),
  inFlight: new Set(),
  writers: new Map(),
  file,
  acknowledged: 0,
  refused: 0,
});

/** Nobody can say whether the write was done: the connection broke, or the answer was a 503. */
export class Unanswered extends Error {}

/** Sends a write and notes what becomes of it. Resolves to null when it was refused; throws `Unanswered`. */
export const write = async <Reply extends Answer<unknown>>(
  ledger: Ledger,
  what: string,
  change: Change,
  send: () => Promise<Reply>,
): Promise<Reply | null> => {
  const sent = { what, change };
  ledger.inFlight.add(sent);
  const answer = await send().catch((cause: unknown) => {
    throw new Unanswered(what, { cause });
  });
  if (answer.status >= 500) throw new Unanswered(`${what}: ${answer.status}`);
  ledger.inFlight.delete(sent);
  if (answer.status >= 400) {
    ledger.refused++;
    return null;
  }
  appendFileSync(ledger.file, `${JSON.stringify(sent)}\n`);
  ledger.acknowledged++;
  apply(ledger, sent);
  return answer;
};

const apply = ({ facts, writers }: Ledger, sent: Write): void => {
  for (const [fact, value] of sent.change) {
    set(facts, fact, value);
    writers.set(fact, sent);
  }
};

const set = (facts: Facts, fact: string, value: string | undefined): void => {
  if (value === undefined) facts.delete(fact);
  else facts.set(fact, value);
};

/** What the comparison found: writes of each kind, described for whoever has to find out why. */
export type Findings = { arrived: string[]; halfDone: string[]; lost: string[] };

/**
 * Holds what is there against what was acknowledged. A write that nobody has answered is there as a whole or not at all.
 * From then on, what is there counts.
 */
export const settle = (ledger: Ledger, found: Facts): Findings => {
  const findings: Findings = { arrived: [], halfDone: [], lost: [] };
  for (const sent of ledger.inFlight) {
    const changed = sent.change.filter(([fact, value]) => ledger.facts.get(fact) !== value);
    const done = changed.filter(([fact, value]) => found.get(fact) === value);
    if (done.length === 0) continue;
    const isWhole = done.length === changed.length;
    findings[isWhole ? 'arrived' : 'halfDone'].push(describe(sent, changed, found));
    if (isWhole) apply(ledger, sent);
    else for (const [fact] of changed) set(ledger.facts, fact, found.get(fact));
  }
  ledger.inFlight.clear();

  const differing = [...new Set([...ledger.facts.keys(), ...found.keys()])].filter(
    (fact) => ledger.facts.get(fact) !== found.get(fact),
  );
  for (const [sent, facts] of Map.groupBy(differing, (fact) => ledger.writers.get(fact))) {
    const change = facts.map((fact) => [fact, ledger.facts.get(fact)] as const);
    findings.lost.push(describe(sent ?? { what: 'nobody was told of it' }, change, found));
  }
  ledger.facts = new Map(found);
  return findings;
};

const describe = ({ what }: Pick<Write, 'what'>, change: Change, found: Facts): string =>
  `${what}: ${change.map(([fact, value]) => `${fact} is ${found.get(fact)}, written ${value}`).join('; ')}`;
