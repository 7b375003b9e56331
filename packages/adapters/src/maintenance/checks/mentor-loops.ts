import type { Archive } from '../archive/archive.ts';
import { active } from '../../kysely/mentorships/mentorship-rows.ts';

const pageSize = 10_000;

/** Reads the mentors of each mentee. A mentee has more than one only when another rule is broken. */
const readMentors = async (db: Archive['db']): Promise<Map<number, number[]>> => {
  const mentors = new Map<number, number[]>();
  for (let after = 0; ;) {
    const links = await db
      .selectFrom('mentorships')
      .select(['id', 'mentee_id', 'mentor_id'])
      .where('id', '>', after)
      .where('status', '=', active)
      .orderBy('id')
      .limit(pageSize)
      .execute();
    for (const { mentee_id, mentor_id } of links) {
      const known = mentors.get(mentee_id);
      if (known) known.push(mentor_id);
      else mentors.set(mentee_id, [mentor_id]);
    }
    const last = links.at(-1);
    if (last === undefined) return mentors;
    after = last.id;
  }
};

/** Follows every link upwards once: a user who is met again on the way up is in a loop, as are all between. */
export const findMentorLoops = async ({ db }: Archive): Promise<string[]> => {
  const mentors = await readMentors(db);
  const inLoop = new Set<number>();
  const done = new Set<number>();
  for (const start of mentors.keys()) {
    /** The users from the start upwards, each with the number of mentors that were followed. */
    const path: { readonly user: number; followed: number }[] = [];
    const positions = new Map<number, number>();
    const visit = (user: number) => {
      positions.set(user, path.length);
      path.push({ user, followed: 0 });
    };
    if (!done.has(start)) visit(start);
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const mentor = mentors.get(step.user)?.[step.followed++];
      if (mentor === undefined) {
        done.add(step.user);
        positions.delete(step.user);
        path.pop();
        continue;
      }
      const position = positions.get(mentor);
      if (position !== undefined) for (const { user } of path.slice(position)) inLoop.add(user);
      else if (!done.has(mentor)) visit(mentor);
    }
  }
  return [...inLoop].map((user) => `user ${user} is their own mentor, directly or indirectly`);
};
