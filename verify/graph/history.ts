import { isDeepStrictEqual } from 'node:util';
import { during, type Log, possibleAt } from './log.ts';
import { type Mentorship, pagesFrom } from '../support/mentoring.ts';
import type { Company } from '../support/people.ts';
import { showProgress } from '../support/progress.ts';
import type { Report } from '../support/report.ts';

/** A mentorship from one timestamp (inclusive) until another (exclusive). */
export type Link = { mentee: string; mentor: string; from: number; until: number };

/** Reads all mentorships from the histories of all users, which must agree on both sides. */
export const readHistory = async (report: Report, { services: [service], people }: Company): Promise<Link[]> => {
  const found = new Map<number, Mentorship>();
  const seen = new Map<number, number>();
  using progress = showProgress('histories', people.length);
  for (const person of people) {
    const pages = await pagesFrom<Mentorship[]>(service, person, '/api/users/me/mentorships');
    for (const mentorship of pages.flat()) {
      const other = found.get(mentorship.id) ?? mentorship;
      report.require(isDeepStrictEqual(mentorship, other), 'the histories of two users differ in a shared mentorship');
      found.set(mentorship.id, mentorship);
      seen.set(mentorship.id, (seen.get(mentorship.id) ?? 0) + 1);
    }
    progress.advance();
  }
  report.require(
    [...seen.values()].every((times) => times === 2),
    'a mentorship is not in exactly the histories of its two users',
  );
  return [...found.values()].flatMap(toLinks).toSorted((a, b) => a.from - b.from || a.until - b.until);
};

const toLinks = (mentorship: Mentorship): Link[] => {
  const { started_at: start, ended_at: end, mentee_username: mentee, mentor_username: mentor } = mentorship;
  if (start === null) return [];
  return [{ mentee, mentor, from: Date.parse(start), until: end === null ? Infinity : Date.parse(end) }];
};

/** Requires that a mentee's links do not overlap, and are exactly the acknowledged changes at their times. */
export const compareHistory = (report: Report, links: readonly Link[], { mentors }: Log): void => {
  const ofMentee = Map.groupBy(links, ({ mentee }) => mentee);
  for (const [mentee, written] of mentors) {
    const own = ofMentee.get(mentee) ?? [];
    for (const [index, { mentor, from, until }] of own.entries()) {
      report.require(until <= (own[index + 1]?.from ?? Infinity), 'a history has two active mentors at the same time');
      report.require(
        written.some((one) => one.value === mentor && during(one, from)),
        'a history has a beginning that was not acknowledged at that time',
      );
      report.require(
        until === Infinity || written.some((one) => one.value !== mentor && during(one, until)),
        'a history has an end that was not acknowledged at that time',
      );
    }
    for (const { value, sent, answered } of written) {
      const holds =
        value === null
          ? !own.some(({ from, until }) => from < sent.at && until > answered.at)
          : own.some(({ mentor, from, until }) => mentor === value && from <= answered.at && until >= sent.at);
      report.require(holds, 'a history lacks a change that was acknowledged');
    }
  }
};

/** The mentor of each mentee at one time. */
type Graph = ReadonlyMap<string, string>;

/** Requires that there is no loop, and no mentor above an acknowledged capacity that was in force. */
export const requireSound = (report: Report, graph: Graph, { capacities }: Log, timestamp: number): void => {
  for (const mentee of graph.keys()) report.require(!isInLoop(graph, mentee), 'there was a loop');
  for (const [mentor, mentees] of Map.groupBy(graph.keys(), (mentee) => graph.get(mentee) ?? '')) {
    const most = possibleAt(capacities.get(mentor) ?? [], timestamp).map((capacity) => capacity ?? Infinity);
    report.require(mentees.length <= Math.max(...most), 'a mentor had more mentees than the capacity');
  }
};

const isInLoop = (graph: Graph, user: string): boolean => {
  const seen = new Set<string>();
  for (let next = graph.get(user); next !== undefined && !seen.has(next); next = graph.get(next)) {
    if (next === user) return true;
    seen.add(next);
  }
  return false;
};

/** Checks the graph at each timestamp at which the history or a capacity changed. Returns the number of timestamps. */
export const checkEveryTimestamp = (report: Report, links: readonly Link[], log: Log): number => {
  const lasting = links.filter(({ from, until }) => from < until);
  const begun = Map.groupBy(lasting, ({ from }) => from);
  const over = Map.groupBy(lasting, ({ until }) => until);
  const cuts = [...log.capacities.values()].flat().map(({ answered }) => answered.at);
  const timestamps = new Set([...begun.keys(), ...over.keys(), ...cuts].filter(Number.isFinite));
  const graph = new Map<string, string>();
  for (const timestamp of [...timestamps].toSorted((a, b) => a - b)) {
    for (const { mentee } of over.get(timestamp) ?? []) graph.delete(mentee);
    for (const { mentee, mentor } of begun.get(timestamp) ?? []) graph.set(mentee, mentor);
    requireSound(report, graph, log, timestamp);
  }
  return timestamps.size;
};
