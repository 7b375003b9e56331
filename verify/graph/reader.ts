import { setTimeout as delay } from 'node:timers/promises';
import { pagesFrom } from '../support/mentoring.ts';
import type { Company } from '../support/people.ts';
import type { Report } from '../support/report.ts';
import { pick } from '../support/requests.ts';

export type Edge = { mentor_username: string; mentee_username: string; depth: number; started_at: string };
type GraphPage = { root: string | null; at: string; edges: Edge[] };

/** The age in milliseconds at which no change in progress can still belong to a timestamp. */
const settledAfterMs = 5000;

type Query = { limit?: number; root?: string; depth?: number };

/** Reads all edges of the graph of a timestamp, page by page. */
export const readGraph = async (
  report: Report,
  company: Company,
  timestamp: number,
  query: Query = {},
): Promise<Edge[]> => (await readPages(report, company, { ...query, at: new Date(timestamp).toISOString() })).edges;

/** Reads the current graph unless the query has a time; `at` is the timestamp that the pages state. */
const readPages = async (
  report: Report,
  { services, people: [reader] }: Company,
  query: Query & { at?: string },
): Promise<{ at: string; edges: Edge[] }> => {
  const parameters = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const pages = await pagesFrom<GraphPage>(pick(services), reader, `/api/mentorships/graph?${parameters.join('&')}`);
  const { limit = 1000, root = null, at = pages[0]?.at ?? '' } = query;
  report.require(
    pages.every((page) => page.at === at && page.root === root),
    'a page has another timestamp or root than requested',
  );
  report.require(
    pages.every(({ edges }, index) => (index < pages.length - 1 ? edges.length === limit : edges.length <= limit)),
    'a page has another length than requested',
  );
  return { at, edges: pages.flatMap(({ edges }) => edges) };
};

/**
 * Reads graphs of recent timestamps, and the current one in small pages, during the changes. At the end the same
 * timestamps must show the same graphs.
 */
export const watch = async (
  report: Report,
  company: Company,
  isOver: () => boolean,
): Promise<ReadonlyMap<number, readonly Edge[]>> => {
  const watched = new Map<number, Edge[]>();
  const start = Date.now();
  while (!isOver()) {
    await delay(1000);
    const { at, edges } = await readPages(report, company, { limit: 3 });
    watched.set(Date.parse(at), edges);
    const timestamp = Date.now() - settledAfterMs;
    if (timestamp > start) watched.set(timestamp, await readGraph(report, company, timestamp));
  }
  return watched;
};
