import { type Instant, invalidField, type UserId, usernameKey } from '@mentorship/domain';
import { maxPageSize } from '../page.ts';
import type { Ports } from '../ports/index.ts';
import { type DeepEdge, walkGraph } from './walk-graph.ts';

/** How many levels of the tree a query may ask for, and gets by default. */
export const maxDepth = 100;
export const defaultDepth = 10;

export interface GraphQuery {
  /** The mentor at the top; without one everyone who has a mentor is listed, in no tree. */
  readonly root?: string | undefined;
  readonly depth?: number;
  /** The moment to look at; that of the last change, unless it is said: as it is now, and on all pages alike. */
  readonly at?: Instant;
  readonly limit?: number;
  /** Where to go on: the mentees above the last edge that was shown, from the top, and its own. */
  readonly after?: readonly UserId[];
}

export interface GraphView {
  readonly root: string | null;
  readonly depth: number | null;
  readonly at: Instant;
  readonly edges: readonly DeepEdge[];
  /** Where to go on; null when this is all. */
  readonly next: readonly UserId[] | null;
}

type Deps = Pick<Ports, 'mentorshipDirectory' | 'userDirectory' | 'clock'>;

/**
 * Who mentored whom at a moment: the tree below a root, each mentor followed by their mentees by ascending id.
 * What was at a moment that is over never changes, so that the pages of one moment fit together.
 * Throws `validation_failed` on `root` when nobody has the name.
 */
export const viewGraph =
  (deps: Deps) =>
  async ({
    root,
    depth = defaultDepth,
    at: moment,
    limit = maxPageSize,
    after = [],
  }: GraphQuery): Promise<GraphView> => {
    const size = Math.min(limit, maxPageSize);
    const at = moment ?? (await deps.mentorshipDirectory.lastChange()) ?? deps.clock.now();
    if (root === undefined) {
      const found = await deps.mentorshipDirectory.links({ at, after: after.at(-1) ?? 0, limit: size + 1 });
      const edges = found.slice(0, size).map((edge) => ({ ...edge, depth: 1 }));
      const last = edges.at(-1);
      return { root: null, depth: null, at, edges, next: found.length > size && last ? [last.menteeId] : null };
    }
    const user = await deps.userDirectory.find(usernameKey(root));
    if (user === null) throw invalidField('root', 'unknown_user', 'No user has this name.');
    const { edges, next } = await walkGraph(deps, user.id, { at, depth, size, after });
    return { root: user.username, depth, at, edges, next };
  };
