import { openKyselyStore } from '@mentorship/adapters/kysely';
import type { Application, Clock, Tokens } from '@mentorship/application';
import { sample, shuffledSubarray } from 'fast-check';
import { expect, test } from 'vitest';
import { deadlocksOn } from '../../support/store/deadlocks.ts';
import { stoppedAt } from '../../support/manual-clock.ts';
import { openJwt } from '../../support/processes/processes.ts';
import { refusal } from '../../support/refusals.ts';
import { now } from '../../support/records.ts';
import { describeOnEachDatabase, describeOnEachStore, openOn, type TestStore } from '../../support/store/stores.ts';
import { password } from '../../support/test-application.ts';
import {
  fulfilled,
  loopsIn,
  openTwoOn,
  type Racer,
  reasons,
  times,
  updating,
} from '../../support/processes/two-processes.ts';

const jwt = await openJwt();

const openTwo = (store: TestStore, clock?: Clock) => openTwoOn(jwt, store, clock);

const refreshing =
  ({ tokens: { refresh } }: Racer) =>
  (process: Application) =>
    process.refreshAccess({ refresh });

describeOnEachStore('races', (open) => {
  test('of 64 registrations of one name, one succeeds and 63 find it taken', async () => {
    const { race, processes } = await openTwo(await open());
    const spellings = ['Straße', 'STRASSE', 'straße', 'Strasse'];
    const results = await race(
      times(64, (at) => (process) => process.registerUser({ username: spellings[at % 4]!, password })),
    );
    expect(fulfilled(results)).toHaveLength(1);
    expect(reasons(results)).toMatchObject(times(63, () => refusal('username_taken')));
    expect((await processes[1].listUsers({})).users).toHaveLength(1);
  });

  test('64 registrations of 64 names with one mentor all succeed', async () => {
    const { race, join, processes } = await openTwo(await open());
    const mentor = await join('mentor');
    const results = await race(
      times(
        64,
        (at) => (process) => process.registerUser({ username: `mentee${at}`, password, mentorUsername: 'mentor' }),
      ),
    );
    expect(reasons(results)).toEqual([]);
    const { mentees } = await processes[1].viewUser({ actor: mentor.actor, userId: mentor.user.id });
    expect(mentees).toHaveLength(64);
  });

  test.each([2, 3])('%i updates that would close a loop never all succeed', async (length) => {
    const { race, join, processes } = await openTwo(await open());
    const members = await Promise.all(times(6, (at) => join(`user${at}`)));
    // Each names the next as mentor, and the last names the first.
    for (const ring of sample(shuffledSubarray(members, { minLength: length, maxLength: length }), 40)) {
      const results = await race(
        ring.map((member, at) => updating(member, { mentor: ring[(at + 1) % length]!.user.username })),
      );
      for (const reason of reasons(results)) expect(reason).toMatchObject(refusal('mentor_cycle'));
      expect(fulfilled(results).length).toBeLessThan(length);
      expect(await loopsIn(processes[0])).toEqual([]);
    }
  });

  test('random changes of mentors never leave a loop', async () => {
    const { race, join, processes } = await openTwo(await open());
    const members = await Promise.all(times(8, (at) => join(`user${at}`)));
    for (const order of sample(shuffledSubarray(members, { minLength: 8, maxLength: 8 }), 15)) {
      const results = await race(
        members.map((member, at) => updating(member, { mentor: order[at] === member ? '' : order[at]!.user.username })),
      );
      for (const reason of reasons(results)) expect(reason).toMatchObject(refusal('mentor_cycle'));
      expect(await loopsIn(processes[1])).toEqual([]);
    }
  });

  test('a refresh never succeeds after a logout was acknowledged', async () => {
    const { race, join, logIn, processes } = await openTwo(await open());
    const { user } = await join('user');
    for (let round = 0; round < 25; round++) {
      const member = await logIn(user);
      const { actor, tokens } = member;
      const logOut = async (process: Application) => {
        await process.logOut({ actor, refresh: tokens.refresh });
        return race(times(6, () => refreshing(member)));
      };
      const runs = times(4, () => refreshing(member));
      const [late, before] = await Promise.all([logOut(processes[round % 2 === 0 ? 0 : 1]), race([...runs, ...runs])]);
      expect(fulfilled(late)).toEqual([]);
      expect(reasons(late)).toMatchObject(times(6, () => refusal('refresh_token_refused')));
      // The access tokens of earlier refreshes are invalid now, like the first one.
      for (const { access } of [...fulfilled(before), tokens])
        for (const process of processes)
          await expect(process.authenticate({ token: access })).rejects.toMatchObject(refusal('access_token_refused'));
    }
  });

  test('of 16 logouts of one session, one succeeds', async () => {
    const { race, join } = await openTwo(await open());
    const { actor, tokens } = await join('user');
    const results = await race(times(16, () => (process) => process.logOut({ actor, refresh: tokens.refresh })));
    expect(fulfilled(results)).toHaveLength(1);
    expect(reasons(results)).toMatchObject(times(15, () => refusal('logout_token_refused')));
  });

  test('concurrent updates of different fields lose none', async () => {
    const { race, join, logIn, processes } = await openTwo(await open());
    const member = await join('user');
    const { actor, user } = member;
    await join('mentor0');
    await join('mentor1');
    for (let round = 0; round < 12; round++) {
      const email = `${round}@example.com`;
      const phone = `000 ${round}`;
      const mentor = `mentor${round % 2}`;
      const secret = `password ${round}`;
      const updates = [{ email }, { mentor }, { phone }, { password: secret }];
      const results = await race(updates.map((update) => updating(member, update)));
      expect(reasons(results)).toEqual([]);
      const shown = await processes[1].viewUser({ actor, userId: user.id });
      expect(shown).toMatchObject({ email, phone, mentorUsername: mentor });
      await expect(logIn(user, secret)).resolves.toMatchObject({ user });
    }
  });

  test('a login with the old password never leaves a live session after a password change', async () => {
    const { race, join, logIn, processes } = await openTwo(await open());
    const member = await join('user');
    const { user, actor } = member;
    let old = password;
    for (let round = 0; round < 25; round++) {
      const secret = `password ${round}`;
      const logIns = times(3, () => (process: Application) => process.logIn({ username: 'user', password: old }));
      const change = async (process: Application) => void (await updating(member, { password: secret })(process));
      const results = await race<Tokens | void>([...logIns, change, ...logIns]);
      for (const reason of reasons(results)) expect(reason).toMatchObject(refusal('invalid_credentials'));
      expect(results[3]).toMatchObject({ status: 'fulfilled' });

      for (const tokens of fulfilled(results)) {
        if (!tokens) continue;
        const process = processes[round % 2 === 0 ? 0 : 1];
        await expect(process.refreshAccess(tokens)).rejects.toMatchObject(refusal('refresh_token_refused'));
        await expect(process.authenticate({ token: tokens.access })).rejects.toMatchObject(
          refusal('access_token_refused'),
        );
      }
      await expect(logIn(user, old)).rejects.toMatchObject(refusal('invalid_credentials'));
      await expect(logIn(user, secret)).resolves.toBeDefined();
      expect(await processes[1].authenticate({ token: member.tokens.access })).toEqual(actor);
      old = secret;
    }
  });

  test('of two concurrent password changes one succeeds, and only its session stays', async () => {
    const { race, join, logIn, processes } = await openTwo(await open());
    const { user } = await join('user');
    let present = password;
    for (let round = 0; round < 10; round++) {
      const sessions = [await logIn(user, present), await logIn(user, present)];
      const secrets = [`left password ${round}`, `right password ${round}`];
      const results = await race(sessions.map((session, at) => updating(session, { password: secrets[at]! })));
      expect(reasons(results)).toMatchObject([refusal('access_token_refused')]);

      const winner = results.findIndex(({ status }) => status === 'fulfilled');
      const loser = 1 - winner;
      const authenticate = (at: number) => processes[1].authenticate({ token: sessions[at]!.tokens.access });
      expect(await authenticate(winner)).toEqual(sessions[winner]!.actor);
      await expect(authenticate(loser)).rejects.toMatchObject(refusal('access_token_refused'));
      await expect(logIn(user, secrets[loser])).rejects.toMatchObject(refusal('invalid_credentials'));
      present = secrets[winner]!;
    }
  });

  test("16 concurrent changes of one mentee's mentor all succeed, and leave one mentor", async () => {
    const { race, join, processes } = await openTwo(await open());
    const mentee = await join('mentee');
    const mentors = await Promise.all(times(16, (at) => join(`mentor${at}`)));
    const results = await race(mentors.map(({ user }) => updating(mentee, { mentor: user.username })));
    expect(reasons(results)).toEqual([]);
    const view = ({ actor, user }: Racer) => processes[1].viewUser({ actor, userId: user.id });
    const { mentorUsername } = await view(mentee);
    for (const mentor of mentors)
      expect((await view(mentor)).mentees).toEqual(mentor.user.username === mentorUsername ? ['mentee'] : []);
  });
});

describeOnEachDatabase('the history after races', (create) => {
  test('has each of 16 new mentors of one mentee once, one after the other', async () => {
    const database = await create();
    // The clock advances with each reading.
    let time = now;
    const { race, join } = await openTwo(await openOn(database), { ...stoppedAt(now), now: () => (time += 1) });
    const mentee = await join('mentee');
    const mentors = await Promise.all(times(16, (at) => join(`mentor${at}`)));
    await race(mentors.map(({ user }) => updating(mentee, { mentor: user.username })));

    const history = await database.query('select mentor_id, started_at, ended_at, reason from mentorships order by id');
    const ids = mentors.map(({ user }) => user.id);
    expect(history.map((row) => Number(row.mentor_id)).toSorted((a, b) => a - b)).toEqual(
      ids.toSorted((a, b) => a - b),
    );
    expect(history.map((row) => row.reason)).toEqual([...times(15, () => 'replaced'), null]);
    const beginnings = history.map((row) => row.started_at);
    expect(history.map((row) => row.ended_at)).toEqual([...beginnings.slice(1), null]);
    const startTimes = beginnings.map((text) => Date.parse(String(text)));
    expect(startTimes).toEqual(startTimes.toSorted((a, b) => a - b));
  });
});

describeOnEachDatabase('the end of an account', (create, name) => {
  test('and a concurrent logout are both answered, without a deadlock', async () => {
    const database = await create();
    const stores = [await openKyselyStore(database.url), await openKyselyStore(database.url)] as const;
    try {
      const { race, join, logIn, processes } = await openTwo({ ...stores[0], another: async () => stores[1] });
      for (let round = 0; round < 20; round++) {
        const member = await join(`user${round}`);
        const { actor, user } = member;
        const { refresh } = (round % 2 ? member : await logIn(user)).tokens;
        const [logout, end] = await race<void>([
          (process) => process.logOut({ actor, refresh }),
          (process) => process.endAccount({ actor, currentPassword: password }),
        ]);
        const outcome = (result?: PromiseSettledResult<void>) =>
          result?.status === 'rejected' ? (result.reason as { code: string }).code : 'done';
        expect(['done', 'logout_token_refused']).toContain(outcome(logout));
        // Only a logout of the acting session can prevent the end of the account.
        const spared = round % 2 && outcome(logout) === 'done';
        expect(spared ? ['done', 'access_token_refused'] : ['done']).toContain(outcome(end));
        const [account] = await database.query(`select ended_at from users where id = ${user.id}`);
        expect(account?.ended_at === null).toBe(outcome(end) !== 'done');
        await expect(processes[0].refreshAccess({ refresh })).rejects.toMatchObject(refusal('refresh_token_refused'));
      }
    } finally {
      for (const store of stores) await store.close();
    }
    expect(name === 'postgres' ? await deadlocksOn(database) : 0).toBe(0);
  });
});
