import { appendFileSync } from 'node:fs';
import type { Answer } from '../../tests/support/processes/service.ts';

/** The data of the users as small facts: `email anna` is an address. Absent data has no fact. */
export type Facts = Map<string, string>;

/** The facts that a write changes together. undefined removes a fact. */
export type Change = readonly (readonly [fact: string, value: string | undefined])[];

type Write = { what: string; change: Change };

/** The writers' log outside the service: acknowledged writes, and writes without a response. */
export type Ledger = {
  facts: Facts;
  inFlight: Set<Write>;
  /** The last write of each fact. */
  writers: Map<string, Write>;
  /** The log file: a line for each acknowledgement. */
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

/** It is unknown whether the write was kept: the connection broke, or the response was a 503. */
export class Unanswered extends Error {}

/** Sends a write and records its outcome. Resolves to null when it is refused; throws `Unanswered`. */
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

/** The findings of a comparison, as descriptions of writes. */
export type Findings = { arrived: string[]; partial: string[]; lost: string[] };

/**
 * Compares the found facts with the acknowledged ones. A write without a response must be there completely or not at all.
 * Afterwards the found facts are the expected ones.
 */
export const settle = (ledger: Ledger, found: Facts): Findings => {
  const findings: Findings = { arrived: [], partial: [], lost: [] };
  for (const sent of ledger.inFlight) {
    const changed = sent.change.filter(([fact, value]) => ledger.facts.get(fact) !== value);
    const done = changed.filter(([fact, value]) => found.get(fact) === value);
    if (done.length === 0) continue;
    const isComplete = done.length === changed.length;
    findings[isComplete ? 'arrived' : 'partial'].push(describe(sent, changed, found));
    if (isComplete) apply(ledger, sent);
    else for (const [fact] of changed) set(ledger.facts, fact, found.get(fact));
  }
  ledger.inFlight.clear();

  const differing = [...new Set([...ledger.facts.keys(), ...found.keys()])].filter(
    (fact) => ledger.facts.get(fact) !== found.get(fact),
  );
  for (const [sent, facts] of Map.groupBy(differing, (fact) => ledger.writers.get(fact))) {
    const change = facts.map((fact) => [fact, ledger.facts.get(fact)] as const);
    findings.lost.push(describe(sent ?? { what: 'no writer wrote it' }, change, found));
  }
  ledger.facts = new Map(found);
  return findings;
};

const describe = ({ what }: Pick<Write, 'what'>, change: Change, found: Facts): string =>
  `${what}: ${change.map(([fact, value]) => `${fact} is ${found.get(fact)}, written ${value}`).join('; ')}`;
