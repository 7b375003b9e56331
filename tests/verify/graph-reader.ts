import { setTimeout as delay } from 'node:timers/promises';
import { pagesFrom } from './mentoring.ts';
import type { Company } from './people.ts';
import type { Report } from './report.ts';
import { pick } from './requests.ts';

export type Edge = { mentor_username: string; mentee_username: string; depth: number; started_at: string };
type GraphPage = { root: string | null; at: string; edges: Edge[] };

/** How long ago a moment must be, in milliseconds, that nothing is on its way any more that could belong to it. */
const settled = 5000;

/** All edges of the graph at a moment, page by page. */
export const readGraph = async (
  report: Report,
  { services, people: [reader] }: Company,
  moment: number,
  query: { limit?: number; root?: string; depth?: number } = {},
): Promise<Edge[]> => {
  const at = new Date(moment).toISOString();
  const parameters = Object.entries({ ...query, at }).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const pages = await pagesFrom<GraphPage>(pick(services), reader, `/api/mentorships/graph?${parameters.join('&')}`);
  const { limit = 1000, root = null } = query;
  report.require(
    pages.every((page) => page.at === at && page.root === root),
    'a page is of another moment or another root than was asked for',
  );
  report.require(
    pages.every(({ edges }, index) => (index < pages.length - 1 ? edges.length === limit : edges.length <= limit)),
    'a page is not as long as was asked for',
  );
  return pages.flatMap(({ edges }) => edges);
};

/** Asks for the graph of moments not long ago while writers go on: what it shows must still be so in the end. */
export const watch = async (
  report: Report,
  company: Company,
  isOver: () => boolean,
): Promise<ReadonlyMap<number, readonly Edge[]>> => {
  const watched = new Map<number, Edge[]>();
  const start = Date.now();
  while (!isOver()) {
    await delay(2000);
    const moment = Date.now() - settled;
    if (moment > start) watched.set(moment, await readGraph(report, company, moment));
  }
  return watched;
};
