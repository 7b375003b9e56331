import { isDeepStrictEqual } from 'node:util';
import { during, type Log, possibleAt } from './log.ts';
import { type Mentorship, pagesFrom } from '../support/mentoring.ts';
import type { Company } from '../support/people.ts';
import { showProgress } from '../support/progress.ts';
import type { Report } from '../support/report.ts';

/** Who mentored whom, from a moment and until just before another. */
export type Link = { mentee: string; mentor: string; from: number; until: number };

/** All links that there have been, out of everybody's history, which must tell the same on both sides. */
export const readHistory = async (report: Report, { services: [service], people }: Company): Promise<Link[]> => {
  const found = new Map<number, Mentorship>();
  const seen = new Map<number, number>();
  using progress = showProgress('histories', people.length);
  for (const person of people) {
    const pages = await pagesFrom<Mentorship[]>(service, person, '/api/users/me/mentorships');
    for (const mentorship of pages.flat()) {
      const other = found.get(mentorship.id) ?? mentorship;
      report.require(isDeepStrictEqual(mentorship, other), 'the histories of two people differ in what they share');
      found.set(mentorship.id, mentorship);
      seen.set(mentorship.id, (seen.get(mentorship.id) ?? 0) + 1);
    }
    progress.advance();
  }
  report.require(
    [...seen.values()].every((times) => times === 2),
    'a mentorship is not in just the histories of its two people',
  );
  return [...found.values()].flatMap(toLinks).toSorted((a, b) => a.from - b.from || a.until - b.until);
};

const toLinks = (mentorship: Mentorship): Link[] => {
  const { started_at: start, ended_at: end, mentee_username: mentee, mentor_username: mentor } = mentorship;
  if (start === null) return [];
  return [{ mentee, mentor, from: Date.parse(start), until: end === null ? Infinity : Date.parse(end) }];
};

/** A mentee's links do not overlap, and are just what was acknowledged: neither more nor less, nor at another time. */
export const compareHistory = (report: Report, links: readonly Link[], { mentors }: Log): void => {
  const ofMentee = Map.groupBy(links, ({ mentee }) => mentee);
  for (const [mentee, written] of mentors) {
    const own = ofMentee.get(mentee) ?? [];
    for (const [index, { mentor, from, until }] of own.entries()) {
      report.require(until <= (own[index + 1]?.from ?? Infinity), 'a history has two active mentors at a time');
      report.require(
        written.some((one) => one.value === mentor && during(one, from)),
        'a history has a beginning that nobody was told of at that time',
      );
      report.require(
        until === Infinity || written.some((one) => one.value !== mentor && during(one, until)),
        'a history has an end that nobody was told of at that time',
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

/** Who mentored whom at this moment, by mentee. */
type Graph = ReadonlyMap<string, string>;

/** No loop, and nobody above the number of mentees that was acknowledged and in force. */
export const requireSound = (report: Report, graph: Graph, { capacities }: Log, moment: number): void => {
  for (const mentee of graph.keys()) report.require(!isInLoop(graph, mentee), 'there was a loop');
  for (const [mentor, mentees] of Map.groupBy(graph.keys(), (mentee) => graph.get(mentee) ?? '')) {
    const most = possibleAt(capacities.get(mentor) ?? [], moment).map((capacity) => capacity ?? Infinity);
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

/** Goes through every moment at which the history or a capacity has changed. Returns how many. */
export const checkEveryTimestamp = (report: Report, links: readonly Link[], log: Log): number => {
  const lasting = links.filter(({ from, until }) => from < until);
  const begun = Map.groupBy(lasting, ({ from }) => from);
  const over = Map.groupBy(lasting, ({ until }) => until);
  const cuts = [...log.capacities.values()].flat().map(({ answered }) => answered.at);
  const moments = new Set([...begun.keys(), ...over.keys(), ...cuts].filter(Number.isFinite));
  const graph = new Map<string, string>();
  for (const moment of [...moments].toSorted((a, b) => a - b)) {
    for (const { mentee } of over.get(moment) ?? []) graph.delete(mentee);
    for (const { mentee, mentor } of begun.get(moment) ?? []) graph.set(mentee, mentor);
    requireSound(report, graph, log, moment);
  }
  return moments.size;
};
