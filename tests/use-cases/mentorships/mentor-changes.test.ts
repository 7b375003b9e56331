import type { ClosingReason, Mentorship, UserId } from '@mentorship/domain';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { minutes } from '../../support/manual-clock.ts';
import { mentorRequests, naiveGraph } from '../../support/mentorships/mentor-graph-model.ts';
import { recordingStorage, type RepositoryCall } from '../../support/store/recording-storage.ts';
import { createTestApplication, type Member, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let calls: RepositoryCall[];
const restart = (): void => {
  calls = [];
  app = createTestApplication(({ storage }) => ({
    storage: recordingStorage(storage, (call) => calls.push(call)),
  }));
};
beforeEach(restart);

/** The mentorships that began and ended since the last call. */
const linkChanges = () =>
  calls
    .splice(0)
    .filter(([name]) => name === 'mentorships.add' || name === 'mentorships.save')
    .map(([, mentorship]) => {
      const { menteeId, mentorId, status, reason, startedAt, endedAt } = mentorship as Mentorship;
      return status === 'active' ? { begun: menteeId, mentorId, startedAt } : { [status]: menteeId, reason, endedAt };
    });

const begun = (mentee: UserId, mentorId: UserId) => ({ begun: mentee, mentorId, startedAt: app.clock.now() });
const ended = (mentee: UserId, reason: ClosingReason) => ({ ended: mentee, reason, endedAt: app.clock.now() });

describe('the history of mentorships', () => {
  let bob: Member;
  let carol: Member;
  let alice: Member;
  beforeEach(async () => {
    bob = await app.join('bob');
    carol = await app.join('carol');
    alice = await app.join('alice', { mentorUsername: 'bob' });
  });

  test('begins with a registration that names a mentor', () => {
    expect(linkChanges()).toEqual([begun(alice.id, bob.id)]);
  });

  test('has every change with its reason and timestamp', async () => {
    linkChanges();
    app.clock.advance(minutes(1));
    await app.update(alice, { mentor: 'carol' });
    expect(linkChanges()).toEqual([ended(alice.id, 'replaced'), begun(alice.id, carol.id)]);
    app.clock.advance(minutes(1));
    await app.update(alice, { mentor: null });
    expect(linkChanges()).toEqual([ended(alice.id, 'removed')]);
    app.clock.advance(minutes(1));
    await app.update(alice, { mentor: 'bob' });
    expect(linkChanges()).toEqual([begun(alice.id, bob.id)]);
  });

  test('has no change to the current mentor, or from none to none', async () => {
    linkChanges();
    await app.update(alice, { mentor: 'BOB' });
    await app.update(bob, { mentor: null });
    await app.update(bob, { mentor: '' });
    expect(linkChanges()).toEqual([]);
  });

  test.each([{ mentor: 'carol' }, { mentor: null }])('locks the graph first for %j', async (update) => {
    calls = [];
    await app.update(alice, update);
    expect(calls[0]).toEqual(['mentorships.lockGraph', app.clock]);
  });

  test('is neither locked nor changed by an update of other fields', async () => {
    calls = [];
    await app.update(alice, { email: null, phone: '911', password: 'a new password' });
    expect(calls.filter(([name]) => name.startsWith('mentorships.'))).toEqual([]);
  });
});

test('for any sequence of changes, the service decides and stores the same as a naive graph', async () => {
  await fc.assert(
    fc
      .asyncProperty(mentorRequests(5), async (requests) => {
        const members = await Promise.all([1, 2, 3, 4, 5].map((number) => app.join(`user${number}`)));
        const model = naiveGraph();
        linkChanges();
        for (const { mentee, mentor } of requests) {
          const member = members[mentee - 1]!;
          const outcome = model.decide({ mentee, mentor });
          const refused = await app.update(member, { mentor: mentor === null ? null : `user${mentor}` }).then(
            () => null,
            (error: { code: string }) => error.code,
          );
          expect(refused).toBe('refused' in outcome ? outcome.refused : null);
          if ('refused' in outcome) continue;
          expect(linkChanges()).toEqual([
            ...(outcome.ends ? [ended(member.id, outcome.ends)] : []),
            ...(outcome.begins ? [begun(member.id, members[outcome.begins - 1]!.id)] : []),
          ]);
        }
        const kept = model.links().map(({ mentee, mentor }) => [`user${mentee}`, `user${mentor}`]);
        const none = members.map(({ username }) => [username, null]);
        expect(await app.mentors()).toEqual({ ...Object.fromEntries(none), ...Object.fromEntries(kept) });
      })
      .beforeEach(restart),
  );
});
