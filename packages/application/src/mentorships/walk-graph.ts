import type { Instant, UserId } from '@mentorship/domain';
import type { GraphEdge, Ports } from '../ports/index.ts';

/** An edge with the number of steps from the root down to the mentee. */
export type DeepEdge = GraphEdge & { readonly depth: number };

/** A mentor whose mentees are being listed, and the id of the last one listed. */
interface Level {
  readonly mentor: UserId;
  after: number;
}

/**
 * Lists the tree below a root as of a timestamp, depth first: so the position of a page is a path, however wide the
 * tree is.
 */
export const walkGraph = async (
  { mentorshipDirectory }: Pick<Ports, 'mentorshipDirectory'>,
  root: UserId,
  { at, depth, size, after }: { at: Instant; depth: number; size: number; after: readonly UserId[] },
): Promise<{ edges: DeepEdge[]; next: readonly UserId[] | null }> => {
  const edges: DeepEdge[] = [];
  let last: readonly UserId[] = after;
  // From the root to the mentor whose mentees come next. At first: the path to the last edge of the previous page.
  const path: Level[] = [root, ...after].slice(0, depth).map((mentor, level) => ({ mentor, after: after[level] ?? 0 }));
  /** Mentees read but not listed yet, by mentor. Each read fetches what the page has room for, and one more. */
  const buffered = new Map<UserId, GraphEdge[]>();
  const nextOf = async ({ mentor, after }: Level): Promise<GraphEdge | undefined> => {
    const found =
      buffered.get(mentor) ??
      (await mentorshipDirectory.mentees({ mentor, at, after, limit: size + 1 - edges.length }));
    buffered.set(mentor, found);
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
