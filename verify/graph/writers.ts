import { changes, type Desk, pickMentor, send } from './changes.ts';
import { mark } from './log.ts';
import { watch } from './reader.ts';
import type { Known } from './timestamps.ts';
import { choose } from '../support/mentoring.ts';
import { showProgress } from '../support/progress.ts';
import { pick } from '../support/requests.ts';

export const writers = 16;

/**
 * Each writer changes the mentors of its own mentees, until `count` changes have been acknowledged. Meanwhile mentors
 * change their profiles, and the graph is read. Resolves to the graphs by timestamp.
 */
export const changeAtRandom = async (desk: Desk, count: number): Promise<Known['watched']> => {
  using progress = showProgress('changes', count);
  let shown = 0;
  const isOver = () => desk.acknowledged >= count;
  const write = async (writer: number) => {
    const [first = desk.people[0], ...others] = desk.people.filter((_, index) => index % writers === writer);
    while (!isOver()) {
      await pick(changes)(desk, pick([first, ...others]));
      for (; shown < desk.acknowledged; shown++) progress.advance();
    }
  };
  const changeProfiles = async () => {
    while (!isOver()) await changeProfile(desk);
  };
  const watched = watch(desk.report, desk, isOver);
  await Promise.all([...Array.from({ length: writers }, (_, writer) => write(writer)), changeProfiles()]);
  return watched;
};

const policies = ['open', 'open', 'open', 'open', 'approval', 'closed'] as const;
const capacities = [0, 1, 1, 2, 2, 3, 4, null] as const;

/** Changes the policy or the capacity of a mentor, and logs the capacity. */
const changeProfile = async (desk: Desk): Promise<void> => {
  const mentor = pickMentor(desk);
  if (Math.random() < 0.25) {
    const policy = pick(policies);
    await send(desk, 'set the policy', (service) => choose(service, mentor, { mentor_policy: policy }));
    return;
  }
  const value = pick(capacities);
  const sent = mark();
  const { status } = await send(desk, 'set the capacity', (service) =>
    choose(service, mentor, { mentor_capacity: value }),
  );
  if (status === 200) desk.log.capacities.get(mentor.username)?.push({ value, sent, answered: mark() });
};
