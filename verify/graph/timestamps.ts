import { isDeepStrictEqual } from 'node:util';
import { type Link, requireSound } from './history.ts';
import { type Log, possibleAt } from './log.ts';
import { type Edge, readGraph } from './reader.ts';
import type { Company } from '../support/people.ts';
import { showProgress } from '../support/progress.ts';
import type { Report } from '../support/report.ts';
import { inParallel } from '../support/requests.ts';

/** The log and histories of the run, and the graphs that were read during the changes, by timestamp. */
export type Known = { log: Log; links: readonly Link[]; watched: ReadonlyMap<number, readonly Edge[]> };

/** The numbers of compared items. */
export type Comparison = { timestamps: number; mentees: number; inProgress: number; trees: number };

/** Half of them at random times of the run, half at times of requests and responses; the times in `watched`; and now. */
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

/** Reads the graph of each timestamp in large pages, small pages and trees, and compares it with everything known. */
export const compareTimestamps = async (
  report: Report,
  company: Company,
  known: Known,
  timestamps: readonly number[],
): Promise<Comparison> => {
  const compared: Comparison = { timestamps: 0, mentees: 0, inProgress: 0, trees: 0 };
  using progress = showProgress('timestamps', timestamps.length);
  await inParallel(timestamps.length, 4, async (index) => {
    const timestamp = timestamps[index] ?? 0;
    const same = (one: unknown, other: unknown, otherwise: string) =>
      report.require(isDeepStrictEqual(one, other), otherwise);
    const edges = await readGraph(report, company, timestamp, { limit: 1000 });
    same(edges, known.watched.get(timestamp) ?? edges, 'the graph of a timestamp was different during the changes');
    same(edges, edgesOf(company, known, timestamp), 'the graph of a timestamp differs from the histories');
    compareWithLog(report, edges, known.log, timestamp, compared);

    const limit = 2 + below(20);
    const byPages = await readGraph(report, company, timestamp, { limit });
    same(byPages, edges, 'the small pages of a timestamp differ from its graph');
    const root = edges[below(edges.length)]?.mentor_username ?? company.people[0].username;
    const depth = 1 + below(6);
    for (const size of [limit, 1000]) {
      const tree = await readGraph(report, company, timestamp, { root, depth, limit: size });
      same(tree, treeOf(edges, root, depth), 'a tree differs from the graph below its root');
      compared.trees++;
    }
    compared.timestamps++;
    progress.advance();
  });
  return compared;
};

/** The edges from the histories, by ascending id of the mentees. */
const edgesOf = ({ people }: Company, { links }: Known, timestamp: number): Edge[] => {
  const present = Map.groupBy(
    links.filter(({ from, until }) => from <= timestamp && timestamp < until),
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
  timestamp: number,
  compared: Comparison,
): void => {
  const graph = new Map(edges.map((edge) => [edge.mentee_username, edge.mentor_username]));
  report.require(graph.size === edges.length, 'the graph of a timestamp shows two mentors of one mentee');
  requireSound(report, graph, log, timestamp);
  for (const [mentee, written] of log.mentors) {
    const possible = possibleAt(written, timestamp);
    report.require(
      possible.includes(graph.get(mentee) ?? null),
      'the graph of a timestamp differs from what was acknowledged by then',
    );
    compared.mentees++;
    if (possible.length > 1) compared.inProgress++;
  }
};
