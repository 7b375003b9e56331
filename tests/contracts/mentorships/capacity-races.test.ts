import { expect, test } from 'vitest';
import { openJwt } from '../../support/processes/processes.ts';
import { refusal } from '../../support/refusals.ts';
import { describeOnEachStore } from '../../support/store/stores.ts';
import {
  asking,
  fulfilled,
  moving,
  offering,
  openTwoOn,
  type Racer,
  reasons,
  type Run,
  times,
  updating,
} from '../../support/processes/two-processes.ts';

const jwt = await openJwt();

type Two = Awaited<ReturnType<typeof openTwoOn>>;

const menteesOf = async ({ processes }: Two, { actor, user }: Racer) =>
  (await processes[1].viewUser({ actor, userId: user.id })).mentees;

/** What the mentor has in this status, as another process sees it. */
const countOf = async ({ processes }: Two, { actor }: Racer, status: 'requested' | 'active' | 'cancelled') =>
  (await processes[0].listMentorships({ actor, role: 'mentor', statuses: [status] })).mentorships.length;

describeOnEachStore('races for the places of a mentor', (open) => {
  const openWithMentor = async (capacity: number) => {
    const two = await openTwoOn(jwt, await open());
    const mentor = await two.join('mentor');
    const [process] = two.processes;
    await updating(mentor, { mentorCapacity: capacity })(process);
    const mentees = (count: number, name = 'mentee') => two.joinAll(name, count);
    const ask = async (racers: readonly Racer[]) => {
      const asked = [];
      for (const racer of racers) asked.push(await asking(racer, mentor)(process));
      return asked;
    };
    const offer = async (racers: readonly Racer[]) => {
      const offered = [];
      for (const racer of racers) offered.push(await offering(mentor, racer)(process));
      return offered;
    };
    return { two, process, mentor, mentees, ask, offer };
  };

  test('40 accepts at once, and 3 places: 3 succeed, 37 find the mentor full and stay open', async () => {
    const { two, mentor, mentees, ask } = await openWithMentor(3);
    const asked = await ask(await mentees(40));
    const results = await two.race(asked.map((request) => moving(mentor, request, 'active')));
    expect(reasons(results)).toMatchObject(times(37, () => refusal('mentor_full')));
    const won = fulfilled(results).map(({ menteeUsername }) => menteeUsername);
    expect((await menteesOf(two, mentor)).toSorted()).toEqual(won.toSorted());
    expect(await countOf(two, mentor, 'active')).toBe(3);
    expect(await countOf(two, mentor, 'requested')).toBe(37);
  });

  test('accepts of both sides and links at once, and 3 places: 3 succeed, whichever way in', async () => {
    const { two, mentor, mentees, ask, offer } = await openWithMentor(3);
    const [sending, offered, linking] = [await mentees(12, 'a'), await mentees(12, 'b'), await mentees(12, 'c')];
    const requests = await ask(sending);
    const offers = await offer(offered);
    const runs = times(12, (at): Run<unknown>[] => [
      moving(mentor, requests[at]!, 'active'),
      updating(linking[at]!, { mentor: 'mentor' }),
      // An offer is taken by its acceptance, or by naming the mentor.
      at % 2 ? moving(offered[at]!, offers[at]!, 'active') : updating(offered[at]!, { mentor: 'mentor' }),
    ]).flat();
    const results = await two.race(runs);
    expect(fulfilled(results)).toHaveLength(3);
    expect(reasons(results)).toMatchObject(times(33, () => refusal('mentor_full')));
    expect(await menteesOf(two, mentor)).toHaveLength(3);
    expect(await countOf(two, mentor, 'active')).toBe(3);
  });

  test('registrations and links at once, and 3 places: 3 succeed, and who was refused is not registered', async () => {
    const { two, process, mentor, mentees } = await openWithMentor(3);
    const linking = await mentees(8);
    const results = await two.race(
      times(8, (at): Run<unknown>[] => [
        updating(linking[at]!, { mentor: 'mentor' }),
        (each) => each.registerUser({ username: `new${at}`, password: '12345678', mentorUsername: 'mentor' }),
      ]).flat(),
    );
    expect(fulfilled(results)).toHaveLength(3);
    const registered = results.filter(({ status }, at) => at % 2 === 1 && status === 'fulfilled').length;
    expect((await process.listUsers({ prefix: 'new' })).users).toHaveLength(registered);
    expect(await menteesOf(two, mentor)).toHaveLength(3);
  });

  test('a place that is left is taken by one of many', async () => {
    const { two, process, mentor, mentees, ask } = await openWithMentor(1);
    const [first, ...others] = await mentees(9);
    await updating(first!, { mentor: 'mentor' })(process);
    const requests = await ask(others);
    const leave: Run<unknown> = updating(first!, { mentor: '' });
    const accepts = requests.map((request) => moving(mentor, request, 'active'));
    const results = await two.race<unknown>([...accepts.slice(4), leave, ...accepts.slice(0, 4)]);
    for (const reason of reasons(results)) expect(reason).toMatchObject(refusal('mentor_full'));
    // The leaver is one of those who succeeded.
    expect(fulfilled(results).length).toBeLessThanOrEqual(2);
    expect(await menteesOf(two, mentor)).toHaveLength(fulfilled(results).length - 1);
  });

  test('a capacity that is cut meanwhile: never more mentees than an acknowledged one allows', async () => {
    const { two, process, mentor, mentees, ask } = await openWithMentor(9);
    const racers = await mentees(6);
    for (let round = 0; round < 8; round++) {
      const requests = await ask(racers);
      const cut: Run<unknown> = updating(mentor, { mentorCapacity: 2 });
      const runs: Run<unknown>[] = requests.map((request) => moving(mentor, request, 'active'));
      const place = round % 7;
      const results = await two.race([...runs.slice(0, place), cut, ...runs.slice(place)]);
      const [cutting] = results.splice(place, 1);
      const count = (await menteesOf(two, mentor)).length;
      expect(count).toBe(fulfilled(results).length);
      const refused = cutting?.status === 'rejected';
      // A cut that is refused comes after the third acceptance, and takes no place from any.
      expect(reasons([cutting!])).toMatchObject(refused ? [refusal('capacity_below_mentees')] : []);
      expect(count).toBe(refused ? 6 : 2);
      expect(reasons(results)).toMatchObject(times(6 - count, () => refusal('mentor_full')));
      await updating(mentor, { mentorCapacity: 9 })(process);
      for (const racer of racers) await updating(racer, { mentor: '' })(process);
      for (const request of (await process.listMentorships({ actor: mentor.actor, statuses: ['requested'] }))
        .mentorships)
        await moving(mentor, request, 'declined')(process);
    }
  });

  test('a mentor who closes meanwhile is named by nobody once that is acknowledged', async () => {
    const { two, process, mentor, mentees } = await openWithMentor(99);
    const racers = await mentees(8);
    for (let round = 0; round < 6; round++) {
      const link = (racer: Racer) => updating(racer, { mentor: 'mentor' });
      const close = async () => {
        await updating(mentor, { mentorPolicy: 'closed' })(two.processes[round % 2 === 0 ? 0 : 1]);
        return two.race(racers.slice(4).map(link));
      };
      const [late, early] = await Promise.all([close(), two.race(racers.slice(0, 4).map(link))]);
      expect(reasons(late)).toMatchObject(times(4, () => refusal('mentor_closed')));
      for (const reason of reasons(early)) expect(reason).toMatchObject(refusal('mentor_closed'));
      expect(await menteesOf(two, mentor)).toHaveLength(fulfilled(early).length);
      await updating(mentor, { mentorPolicy: 'open' })(process);
      for (const racer of racers) await updating(racer, { mentor: '' })(process);
    }
  });
});
