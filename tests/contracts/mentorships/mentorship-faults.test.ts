import type { MentorshipRepository } from '@mentorship/application';
import { type MentorshipId, type NewMentorship, transition } from '@mentorship/domain';
import { expect, test } from 'vitest';
import {
  addMentorship,
  addUsers,
  answer,
  begin,
  link,
  locked,
  mentorshipsOf,
  now,
  request,
  unlink,
} from '../../support/records.ts';
import { describeOnEachDatabase, describeOnEachStore, openOn } from '../../support/store/stores.ts';

const unknown = 4711 as MentorshipId;

describeOnEachStore('the mentorship repository rejects', (open) => {
  const openWithPair = async () => {
    const store = await open();
    const users = await addUsers(store, 'mentee', 'mentor', 'other');
    const [mentee, mentor, other] = users;
    const readAll = async () => Promise.all(users.map((user) => mentorshipsOf(store, user)));
    const find = (id: MentorshipId) => locked(store, (mentorships) => mentorships.find(id));
    /** Expects the work to throw, and its transaction to roll back completely. */
    const expectFault = async (work: (mentorships: MentorshipRepository) => Promise<unknown>) => {
      const before = await readAll();
      const failed = locked(store, async (mentorships) => {
        await mentorships.add(request(mentor, other, { message: 'lost' }));
        await work(mentorships);
      });
      await expect(failed).rejects.toBeInstanceOf(Error);
      expect(await readAll()).toEqual(before);
    };
    return { store, find, mentee, mentor, other, expectFault };
  };

  test('a second active mentorship of a mentee, added or accepted, until the first ends', async () => {
    const { store, mentee, mentor, other, expectFault } = await openWithPair();
    await link(store, mentee, mentor);
    const asked = await addMentorship(store, request(mentee, other));
    await expectFault((mentorships) => begin(mentorships, mentee, other));
    await expectFault((mentorships) => begin(mentorships, mentee, mentor));
    const accept = async (mentorships: MentorshipRepository) =>
      mentorships.save(
        transition((await mentorships.find(asked))!, 'active', { by: 'recipient', reason: null, at: now }),
      );
    await expectFault(accept);
    await unlink(store, mentee);
    await locked(store, accept);
    await expectFault((mentorships) => begin(mentorships, mentee, mentor));
    await unlink(store, mentee);
    await expect(link(store, mentee, mentor)).resolves.toBeGreaterThan(asked);
  });

  test.each(['active', 'declined', 'cancelled', 'expired'] as const)(
    'a second open request of a pair, from either side, until the first is %s',
    async (status) => {
      const { store, mentee, mentor, expectFault } = await openWithPair();
      const requests: NewMentorship[] = [request(mentee, mentor), request(mentee, mentor, { requestedBy: 'mentor' })];
      for (const first of requests) {
        const id = await addMentorship(store, first);
        for (const second of requests) await expectFault((mentorships) => mentorships.add(second));
        await expect(addMentorship(store, request(mentor, mentee))).resolves.toBeGreaterThan(id);
        await answer(store, id, status);
        const again = await addMentorship(store, first);
        expect(again).toBeGreaterThan(id);
        for (const open of [again, again - 1]) await answer(store, open as MentorshipId, 'declined');
        await unlink(store, mentee);
      }
    },
  );

  test('any version but the next, including one that another transaction has written', async () => {
    const { store, find, mentee, mentor, expectFault } = await openWithPair();
    const id = await addMentorship(store, request(mentee, mentor));
    const present = (await find(id))!;
    const declined = transition(present, 'declined', { by: 'recipient', reason: null, at: now });
    for (const version of [0, 1, 3, 4]) await expectFault((mentorships) => mentorships.save({ ...declined, version }));
    await expectFault((mentorships) => mentorships.save({ ...declined, id: unknown }));
    await expectFault((mentorships) => mentorships.save({ ...declined, id: unknown, version: 1 }));
    await locked(store, (mentorships) => mentorships.save(declined));
    await expectFault((mentorships) => mentorships.save(declined));
    expect(await find(id)).toEqual(declined);
  });
});

describeOnEachDatabase('the table of mentorships', (create) => {
  test('rejects impossible rows of any program', async () => {
    const database = await create();
    const store = await openOn(database);
    const [mentee, mentor] = await addUsers(store, 'mentee', 'mentor');
    const literal = (value: string | number | null) => (typeof value === 'string' ? `'${value}'` : String(value));
    const insert = (row: Record<string, string | number | null>) =>
      database.query(
        `insert into mentorships (${Object.keys(row).join()}) values (${Object.values(row).map(literal).join()})`,
      );
    const timestamps = { created_at: '2026', expires_at: '2027', started_at: null, ended_at: null };
    const requested = {
      mentee_id: mentee.id,
      mentor_id: mentor.id,
      status: 'requested',
      requested_by: 'mentee',
      ...timestamps,
      version: 1,
    };
    const stages = {
      active: { started_at: '2026' },
      declined: { ended_at: '2026' },
      cancelled: { ended_at: '2026' },
      expired: { ended_at: '2026' },
      completed: { started_at: '2026', ended_at: '2026' },
      ended: { started_at: '2026', ended_at: '2026' },
    };
    const impossible = [
      { mentor_id: mentee.id },
      { mentor_id: 4711 },
      { mentee_id: 4711 },
      { expires_at: null },
      { started_at: '2026' },
      { ended_at: '2026' },
      { status: 'active' },
      { status: 'active', started_at: '2026', ended_at: '2026' },
      ...(['declined', 'cancelled', 'expired'] as const).flatMap((status) => [
        { status },
        { status, started_at: '2026', ended_at: '2026' },
      ]),
      ...(['completed', 'ended'] as const).flatMap((status) => [
        { status },
        { status, started_at: '2026' },
        { status, ended_at: '2026' },
      ]),
    ];
    for (const row of impossible) await expect(insert({ ...requested, ...row })).rejects.toThrow(/constraint/i);
    expect(await mentorshipsOf(store, mentee)).toEqual([]);
    await insert(requested);
    for (const [status, stage] of Object.entries(stages)) await insert({ ...requested, status, ...stage });
    expect(await mentorshipsOf(store, mentee)).toHaveLength(7);
  });
});
