import { openKyselyStore } from '@mentorship/adapters/kysely';
import type { NamedMentorship } from '@mentorship/domain';
import { expect, test } from 'vitest';
import { deadlocksOn } from '../../support/store/deadlocks.ts';
import { openJwt } from '../../support/processes/processes.ts';
import { refusal } from '../../support/refusals.ts';
import { describeOnEachDatabase, describeOnEachStore } from '../../support/store/stores.ts';
import { password } from '../../support/test-application.ts';
import {
  asking,
  fulfilled,
  loopsIn,
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

const mentorshipsOf = async ({ processes }: Two, { actor }: Racer) =>
  (await processes[1].listMentorships({ actor })).mentorships;

const statuses = (mentorships: readonly NamedMentorship[]) => mentorships.map(({ status }) => status).toSorted();

const codesOf = (results: readonly PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === 'fulfilled' ? 'done' : (result.reason as { code: string }).code));

describeOnEachStore('races of requests', (open) => {
  const openTwo = async () => openTwoOn(jwt, await open());

  test('a mentee who accepts 10 offers concurrently gets one mentor, and the other offers are cancelled', async () => {
    const two = await openTwo();
    const [mentee, mentors] = [await two.join('mentee'), await two.joinAll('mentor', 10)];
    const offers: NamedMentorship[] = [];
    for (const mentor of mentors) offers.push(await offering(mentor, mentee)(two.processes[0]));
    const results = await two.race(offers.map((offer) => moving(mentee, offer, 'active')));
    const [won, ...more] = fulfilled(results);
    expect(more).toEqual([]);
    for (const reason of reasons(results))
      expect(reason).toMatchObject(refusal('illegal_transition', { status: 'cancelled', to: 'active', allowed: [] }));
    for (const mentorship of await mentorshipsOf(two, mentee))
      expect(mentorship).toMatchObject(
        mentorship.id === won?.id ? { status: 'active' } : { status: 'cancelled', reason: 'matched', version: 2 },
      );
    for (const mentor of mentors)
      expect(statuses(await mentorshipsOf(two, mentor))).toEqual([
        mentor.user.username === won?.mentorUsername ? 'active' : 'cancelled',
      ]);
  });

  test('of 5 mentors who accept one mentee concurrently, one succeeds and the others find the request cancelled', async () => {
    const two = await openTwo();
    const [mentee, mentors] = [await two.join('mentee'), await two.joinAll('mentor', 5)];
    const asked: NamedMentorship[] = [];
    for (const mentor of mentors) asked.push(await asking(mentee, mentor)(two.processes[0]));
    const results = await two.race(asked.map((request, at) => moving(mentors[at]!, request, 'active')));
    expect(fulfilled(results)).toHaveLength(1);
    expect(reasons(results)).toMatchObject(times(4, () => refusal('illegal_transition')));
    const found = await mentorshipsOf(two, mentee);
    expect(statuses(found)).toEqual(['active', ...times(4, () => 'cancelled')]);
    for (const { status, reason } of found) expect(reason).toBe(status === 'active' ? null : 'matched');
  });

  test('of 20 concurrent requests of one mentee, 5 succeed', async () => {
    const two = await openTwo();
    const [mentee, mentors] = [await two.join('mentee'), await two.joinAll('mentor', 20)];
    const results = await two.race(mentors.map((mentor) => asking(mentee, mentor)));
    expect(fulfilled(results)).toHaveLength(5);
    expect(reasons(results)).toMatchObject(times(15, () => refusal('too_many_open_requests')));
    expect(statuses(await mentorshipsOf(two, mentee))).toEqual(times(5, () => 'requested'));
  });

  test('of 24 concurrent offers of one mentor, 20 succeed', async () => {
    const two = await openTwo();
    const [mentor, mentees] = [await two.join('mentor'), await two.joinAll('mentee', 24)];
    const results = await two.race(mentees.map((mentee) => offering(mentor, mentee)));
    expect(fulfilled(results)).toHaveLength(20);
    expect(reasons(results)).toMatchObject(times(4, () => refusal('too_many_open_requests', { limit: 20 })));
    expect(statuses(await mentorshipsOf(two, mentor))).toEqual(times(20, () => 'requested'));
  });

  test('of 10 concurrent requests and offers of one pair, one succeeds', async () => {
    const two = await openTwo();
    const [mentee, mentor] = [await two.join('mentee'), await two.join('mentor')];
    const results = await two.race(times(10, (at) => (at % 3 ? asking(mentee, mentor) : offering(mentor, mentee))));
    const [sent] = fulfilled(results);
    expect(fulfilled(results)).toHaveLength(1);
    expect(reasons(results)).toMatchObject(
      times(9, () => refusal('request_exists', { field: expect.any(String), id: sent!.id })),
    );
    expect(await mentorshipsOf(two, mentee)).toEqual([sent]);
  });

  test('of 10 concurrent answers to one request, one succeeds', async () => {
    const two = await openTwo();
    const [mentee, mentor] = [await two.join('mentee'), await two.join('mentor')];
    for (let round = 0; round < 6; round++) {
      const request = await asking(mentee, mentor)(two.processes[0]);
      const results = await two.race(
        times(10, (at) => {
          if (round % 2) return moving(mentor, request, 'active');
          return at % 3
            ? moving(mentor, request, at % 2 ? 'active' : 'declined')
            : moving(mentee, request, 'cancelled');
        }),
      );
      expect(fulfilled(results)).toHaveLength(1);
      expect(reasons(results)).toMatchObject(times(9, () => refusal('illegal_transition')));
      const [answered] = fulfilled(results);
      expect((await mentorshipsOf(two, mentee))[0]).toEqual(answered);
      expect(answered?.version).toBe(2);
      if (answered?.status === 'active') await moving(mentee, answered, 'completed')(two.processes[1]);
    }
  });

  test('concurrent acceptances that would close a loop never all succeed', async () => {
    const two = await openTwo();
    const members = await two.joinAll('user', 4);
    for (let round = 0; round < 8; round++) {
      const next = (at: number) => members[(at + 1) % members.length]!;
      const requests: NamedMentorship[] = [];
      for (const [at, member] of members.entries()) requests.push(await asking(member, next(at))(two.processes[0]));
      // Half the ring by acceptance, half by naming the mentor.
      const results = await two.race(
        members.map((member, at): Run<unknown> =>
          round % 2 && at % 2
            ? updating(member, { mentor: next(at).user.username })
            : moving(next(at), requests[at]!, 'active'),
        ),
      );
      expect(fulfilled(results)).toHaveLength(3);
      expect(reasons(results)).toMatchObject([refusal('mentor_cycle')]);
      expect(await loopsIn(two.processes[1])).toEqual([]);
      for (const member of members) {
        await updating(member, { mentor: '' })(two.processes[0]);
        for (const open of await mentorshipsOf(two, member))
          if (open.status === 'requested' && open.menteeUsername === member.user.username)
            await moving(member, open, 'cancelled')(two.processes[1]);
      }
    }
  });
});

describeOnEachDatabase('mentorships and accounts', (create, name) => {
  test('change concurrently without a deadlock, and an ended account keeps no open mentorship', async () => {
    const database = await create();
    const stores = [await openKyselyStore(database.url), await openKyselyStore(database.url)] as const;
    try {
      const two = await openTwoOn(jwt, { ...stores[0], another: async () => stores[1] });
      const ending =
        ({ actor }: Racer): Run<unknown> =>
        (process) =>
          process.endAccount({ actor, currentPassword: password });
      for (let round = 0; round < 12; round++) {
        const [mentor, asker, offered, linker, mentee] = await two.joinAll(`round${round}user`, 5);
        const request = await asking(asker!, mentor!)(two.processes[0]);
        const offer = await offering(mentor!, offered!)(two.processes[1]);
        await updating(mentee!, { mentor: mentor!.user.username })(two.processes[0]);
        const leaver = [mentor!, asker!, offered!][round % 3]!;
        const runs: Run<unknown>[] = [
          moving(mentor!, request, 'active'),
          moving(offered!, offer, 'active'),
          updating(linker!, { mentor: mentor!.user.username, phone: '123' }),
          updating(mentor!, { mentorCapacity: 9, skills: ['Go'], email: 'mentor@example.com' }),
          updating(mentee!, { mentor: '' }),
        ];
        const place = round % (runs.length + 1);
        const results = await two.race([...runs.slice(0, place), ending(leaver), ...runs.slice(place)]);
        const possible = [
          'done',
          'access_token_refused',
          'illegal_transition',
          'mentorship_not_found',
          'validation_failed',
        ];
        for (const code of codesOf(results)) expect(possible).toContain(code);
        expect(codesOf(results)[place]).toBe('done');

        const { id } = leaver.user;
        const open = `select id from mentorships where status in ('requested', 'active')`;
        expect(await database.query(`${open} and ${id} in (mentor_id, mentee_id)`)).toEqual([]);
        const active = await database.query(`select mentee_id from mentorships where status = 'active'`);
        expect(new Set(active.map((row) => row.mentee_id)).size).toBe(active.length);
        expect(await database.query(`select * from user_skills where user_id = ${id}`)).toEqual([]);
      }
    } finally {
      for (const store of stores) await store.close();
    }
    expect(name === 'postgres' ? await deadlocksOn(database) : 0).toBe(0);
  });
});
