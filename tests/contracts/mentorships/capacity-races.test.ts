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

/** Counts the mentor's mentorships in this status, read through another process. */
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

  test('of 40 concurrent acceptances for 3 places, 3 succeed and 37 find the mentor full and stay open', async () => {
    const { two, mentor, mentees, ask } = await openWithMentor(3);
    const asked = await ask(await mentees(40));
    const results = await two.race(asked.map((request) => moving(mentor, request, 'active')));
    expect(reasons(results)).toMatchObject(times(37, () => refusal('mentor_full')));
    const won = fulfilled(results).map(({ menteeUsername }) => menteeUsername);
    expect((await menteesOf(two, mentor)).toSorted()).toEqual(won.toSorted());
    expect(await countOf(two, mentor, 'active')).toBe(3);
    expect(await countOf(two, mentor, 'requested')).toBe(37);
  });

  test('of concurrent acceptances by both sides and links for 3 places, 3 succeed', async () => {
    const { two, mentor, mentees, ask, offer } = await openWithMentor(3);
    const [sending, offered, linking] = [await mentees(12, 'a'), await mentees(12, 'b'), await mentees(12, 'c')];
    const requests = await ask(sending);
    const offers = await offer(offered);
    const runs = times(12, (at): Run<unknown>[] => [
      moving(mentor, requests[at]!, 'active'),
      updating(linking[at]!, { mentor: 'mentor' }),
      // The mentee takes an offer by accepting it or by naming the mentor.
      at % 2 ? moving(offered[at]!, offers[at]!, 'active') : updating(offered[at]!, { mentor: 'mentor' }),
    ]).flat();
    const results = await two.race(runs);
    expect(fulfilled(results)).toHaveLength(3);
    expect(reasons(results)).toMatchObject(times(33, () => refusal('mentor_full')));
    expect(await menteesOf(two, mentor)).toHaveLength(3);
    expect(await countOf(two, mentor, 'active')).toBe(3);
  });

  test('of concurrent registrations and links for 3 places, 3 succeed, and refused users are not registered', async () => {
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

  test('a freed place goes to one of many', async () => {
    const { two, process, mentor, mentees, ask } = await openWithMentor(1);
    const [first, ...others] = await mentees(9);
    await updating(first!, { mentor: 'mentor' })(process);
    const requests = await ask(others);
    const leave: Run<unknown> = updating(first!, { mentor: '' });
    const accepts = requests.map((request) => moving(mentor, request, 'active'));
    const results = await two.race<unknown>([...accepts.slice(4), leave, ...accepts.slice(0, 4)]);
    for (const reason of reasons(results)) expect(reason).toMatchObject(refusal('mentor_full'));
    // The mentee who leaves is among the successes.
    expect(fulfilled(results).length).toBeLessThanOrEqual(2);
    expect(await menteesOf(two, mentor)).toHaveLength(fulfilled(results).length - 1);
  });

  test('an acknowledged lower capacity is never exceeded', async () => {
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
      // A refused cut comes after the third acceptance, and removes no mentee.
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

  test('a mentor who closes gets no mentee after the acknowledgement', async () => {
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
