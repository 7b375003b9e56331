import { setTimeout as delay } from 'node:timers/promises';
import { pagesFrom } from '../support/mentoring.ts';
import type { Company } from '../support/people.ts';
import type { Report } from '../support/report.ts';
import { pick } from '../support/requests.ts';

export type Edge = { mentor_username: string; mentee_username: string; depth: number; started_at: string };
type GraphPage = { root: string | null; at: string; edges: Edge[] };

/** How long ago a moment must be, in milliseconds, that nothing is on its way any more that could belong to it. */
const settled = 5000;

type Query = { limit?: number; root?: string; depth?: number };

/** All edges of the graph at a moment, page by page. */
export const readGraph = async (report: Report, company: Company, moment: number, query: Query = {}): Promise<Edge[]> =>
  (await readPages(report, company, { ...query, at: new Date(moment).toISOString() })).edges;

/** The same of the present graph unless a moment is asked for; `at` is the moment that the pages say they are of. */
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
    'a page is of another moment or another root than was asked for',
  );
  report.require(
    pages.every(({ edges }, index) => (index < pages.length - 1 ? edges.length === limit : edges.length <= limit)),
    'a page is not as long as was asked for',
  );
  return { at, edges: pages.flatMap(({ edges }) => edges) };
};

/**
 * Asks while writers go on for the graph of moments not long ago, and in small pages for the present one: what they show
 * must still be so in the end.
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
    const moment = Date.now() - settled;
    if (moment > start) watched.set(moment, await readGraph(report, company, moment));
  }
  return watched;
};
