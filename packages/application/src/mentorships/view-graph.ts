import { type Instant, invalidField, type UserId, usernameKey } from '@mentorship/domain';
import { maxPageSize } from '../page.ts';
import type { Ports } from '../ports/index.ts';
import { type DeepEdge, walkGraph } from './walk-graph.ts';

/** How many levels of the tree a query may ask for, and gets by default. */
export const maxDepth = 100;
export const defaultDepth = 10;

export interface GraphQuery {
  /** The mentor at the top of the tree; without one, every edge is listed, not as a tree. */
  readonly root?: string | undefined;
  readonly depth?: number;
  /** The timestamp of the state to show; by default the last change's, so that all pages show the same state. */
  readonly at?: Instant;
  readonly limit?: number;
  /** The path to the last edge of the previous page: the ids of its mentees from the top down. */
  readonly after?: readonly UserId[];
}

export interface GraphView {
  readonly root: string | null;
  readonly depth: number | null;
  readonly at: Instant;
  readonly edges: readonly DeepEdge[];
  /** The path after which the next page begins; null on the last page. */
  readonly next: readonly UserId[] | null;
}

type GraphPorts = Pick<Ports, 'mentorshipDirectory' | 'userDirectory' | 'clock'>;

/**
 * Lists who mentored whom as of a timestamp: the tree below a root, each mentor followed by their mentees by ascending
 * id. Past states never change, so pages of the same timestamp fit together.
 * Throws `validation_failed` on `root` when no user has the name.
 */
export const viewGraph =
  (deps: GraphPorts) =>
  async ({
    root,
    depth = defaultDepth,
    at: timestamp,
    limit = maxPageSize,
    after = [],
  }: GraphQuery): Promise<GraphView> => {
    const size = Math.min(limit, maxPageSize);
    const at = timestamp ?? (await deps.mentorshipDirectory.lastChange()) ?? deps.clock.now();
    if (root === undefined) {
      const { edges, next } = await deps.mentorshipDirectory.links({ at, after: after.at(-1) ?? 0, limit: size });
      return {
        root: null,
        depth: null,
        at,
        edges: edges.map((edge) => ({ ...edge, depth: 1 })),
        next: next === null ? null : [next],
      };
    }
    const user = await deps.userDirectory.find(usernameKey(root));
    if (user === null) throw invalidField('root', 'unknown_user', 'No user has this name.');
    const { edges, next } = await walkGraph(deps, user.id, { at, depth, size, after });
    return { root: user.username, depth, at, edges, next };
  };
