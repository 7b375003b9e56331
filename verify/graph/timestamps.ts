import { isDeepStrictEqual } from 'node:util';
import { type Link, requireSound } from './history.ts';
import { type Log, possibleAt } from './log.ts';
import { type Edge, readGraph } from './reader.ts';
import type { Company } from '../support/people.ts';
import { showProgress } from '../support/progress.ts';
import type { Report } from '../support/report.ts';
import { inParallel } from '../support/requests.ts';

/** What is known of the run, and what the graphs of moments showed while it went on. */
export type Known = { log: Log; links: readonly Link[]; watched: ReadonlyMap<number, readonly Edge[]> };

/** What has been compared. */
export type Comparison = { moments: number; mentees: number; onTheirWay: number; trees: number };

/** Half of them anywhere in the run, half when something was sent or answered; those that were watched; and now. */
export const pickTimestamps = ({ log, watched }: Known, count: number): number[] => {
  const marks = [...log.mentors.values()].flat().flatMap(({ sent, answered }) => [sent.at, answered.at]);
  const known = marks.filter(Number.isFinite).toSorted((a, b) => a - b);
  const [first = 0, last = 0] = [known.at(0), known.at(-1)];
  const random = Array.from({ length: count }, (_, index) =>
    index % 2 === 0 ? below(last - first) + first : (known[below(known.length)] ?? first),
  );
  return [...random, ...watched.keys(), Date.now()];
};

const below = (end: number): number => Math.floor(Math.random() * end);

/** Asks for the graph of each moment, whole, by small pages and by trees, and compares it with all that is known. */
export const compareTimestamps = async (
  report: Report,
  company: Company,
  known: Known,
  moments: readonly number[],
): Promise<Comparison> => {
  const compared: Comparison = { moments: 0, mentees: 0, onTheirWay: 0, trees: 0 };
  using progress = showProgress('moments', moments.length);
  await inParallel(moments.length, 4, async (index) => {
    const moment = moments[index] ?? 0;
    const same = (one: unknown, other: unknown, otherwise: string) =>
      report.require(isDeepStrictEqual(one, other), otherwise);
    const edges = await readGraph(report, company, moment, { limit: 1000 });
    same(edges, known.watched.get(moment) ?? edges, 'the graph of a moment was another one while changes went on');
    same(edges, edgesOf(company, known, moment), 'the graph of a moment is not what the histories tell');
    compareWithLog(report, edges, known.log, moment, compared);

    const limit = 2 + below(20);
    const byPages = await readGraph(report, company, moment, { limit });
    same(byPages, edges, 'the small pages of a moment are not its graph');
    const root = edges[below(edges.length)]?.mentor_username ?? company.people[0].username;
    const depth = 1 + below(6);
    for (const size of [limit, 1000]) {
      const tree = await readGraph(report, company, moment, { root, depth, limit: size });
      same(tree, treeOf(edges, root, depth), 'a tree is not what the graph of its moment has below its root');
      compared.trees++;
    }
    compared.moments++;
    progress.advance();
  });
  return compared;
};

/** As the histories have it: by ascending id of the mentees. */
const edgesOf = ({ people }: Company, { links }: Known, moment: number): Edge[] => {
  const present = Map.groupBy(
    links.filter(({ from, until }) => from <= moment && moment < until),
    ({ mentee }) => mentee,
  );
  return people.flatMap(({ username }) =>
    (present.get(username) ?? []).map(({ mentor, from }) => ({
      mentor_username: mentor,
      mentee_username: username,
      depth: 1,
      started_at: new Date(from).toISOString(),
    })),
  );
};

/** Each mentee is followed by their own mentees. */
const treeOf = (edges: readonly Edge[], root: string, depth: number, level = 1): Edge[] =>
  edges
    .filter(({ mentor_username: mentor }) => level <= depth && mentor === root)
    .flatMap((edge) => [{ ...edge, depth: level }, ...treeOf(edges, edge.mentee_username, depth, level + 1)]);

const compareWithLog = (
  report: Report,
  edges: readonly Edge[],
  log: Log,
  moment: number,
  compared: Comparison,
): void => {
  const graph = new Map(edges.map((edge) => [edge.mentee_username, edge.mentor_username]));
  report.require(graph.size === edges.length, 'the graph of a moment shows two mentors of one mentee');
  requireSound(report, graph, log, moment);
  for (const [mentee, written] of log.mentors) {
    const possible = possibleAt(written, moment);
    report.require(
      possible.includes(graph.get(mentee) ?? null),
      'the graph of a moment is not what was acknowledged by then',
    );
    compared.mentees++;
    if (possible.length > 1) compared.onTheirWay++;
  }
};
