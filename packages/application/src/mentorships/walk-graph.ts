import type { Instant, UserId } from '@mentorship/domain';
import type { GraphEdge, Ports } from '../ports/index.ts';

/** How many steps the mentee is below the root. */
export type DeepEdge = GraphEdge & { readonly depth: number };

/** A mentor whose mentees are being listed, and the last of them that was. */
interface Open {
  readonly mentor: UserId;
  after: number;
}

/** The tree below a root at a moment. Depth first, so that where to go on is a path, however wide the graph is. */
export const walkGraph = async (
  { mentorshipDirectory }: Pick<Ports, 'mentorshipDirectory'>,
  root: UserId,
  { at, depth, size, after }: { at: Instant; depth: number; size: number; after: readonly UserId[] },
): Promise<{ edges: DeepEdge[]; next: readonly UserId[] | null }> => {
  const edges: DeepEdge[] = [];
  let last: readonly UserId[] = after;
  // From the root to the mentor whose turn it is: at first, those above the edge to go on after, and its mentee.
  const path: Open[] = [root, ...after].slice(0, depth).map((mentor, level) => ({ mentor, after: after[level] ?? 0 }));
  /** What has been read of a mentor's mentees and not been listed: never less than the page has room for, and one more. */
  const read = new Map<UserId, GraphEdge[]>();
  const nextOf = async ({ mentor, after }: Open): Promise<GraphEdge | undefined> => {
    const found =
      read.get(mentor) ?? (await mentorshipDirectory.mentees({ mentor, at, after, limit: size + 1 - edges.length }));
    read.set(mentor, found);
    return found.shift();
  };

  for (let open = path.at(-1); open !== undefined; open = path.at(-1)) {
    const edge = await nextOf(open);
    if (edge === undefined) {
      path.pop();
      continue;
    }
    if (edges.length === size) return { edges, next: last };
    open.after = edge.menteeId;
    last = path.map(({ after }) => after as UserId);
    edges.push({ ...edge, depth: path.length });
    if (edge.hasMentees && path.length < depth) path.push({ mentor: edge.menteeId, after: 0 });
  }
  return { edges, next: null };
};
