import type { MentorshipId } from '@mentorship/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasCycle } from '../../support/mentorships/mentor-graph-model.ts';
import {
  type Action,
  mentorshipSteps,
  naiveMentorships,
  partiesOf,
  type Step,
} from '../../support/mentorships/mentorship-model.ts';
import { mentorshipsIn, storedIn } from '../../support/mentorships/mentorships.ts';
import { createTestApplication, type Member, password, policy } from '../../support/test-application.ts';

/** The service and the model, with this many users. */
const open = async (users: number) => {
  const app = createTestApplication();
  const mentorships = mentorshipsIn(app);
  const model = naiveMentorships(app.clock.now(), policy.requestLifetime * 1000);
  const members: Member[] = [];
  for (let number = 1; number <= users; number += 1) members.push(await app.join(`user${number}`));
  const member = (number: number) => members[number - 1]!;
  const nameOf = (number: number) => (model.gone.has(number) ? `former user ${number}` : `user${number}`);

  /** The step in the model and in the service. */
  const perform = (step: Action): readonly [decide: () => string | null, attempt: () => Promise<unknown>] | null => {
    switch (step.does) {
      case 'asks':
        return [
          () => model.request('mentee', step.mentee, step.mentor),
          () => mentorships.ask(member(step.mentee), member(step.mentor), 'Please.'),
        ];
      case 'offers':
        return [
          () => model.request('mentor', step.mentee, step.mentor),
          () => mentorships.offer(member(step.mentor), member(step.mentee), 'Please.'),
        ];
      case 'changes': {
        const row = model.rows.at(-1 - step.which);
        if (!row) return null;
        const user = typeof step.user === 'number' ? step.user : partiesOf(row)[step.user];
        return [
          () => model.change(row, user, step.to),
          () => mentorships.change(member(user), { id: row.id as MentorshipId }, step.to),
        ];
      }
      case 'names': {
        const mentor = step.mentor === null ? null : member(step.mentor).username;
        return [() => model.name(step.mentee, step.mentor), () => app.update(member(step.mentee), { mentor })];
      }
      case 'chooses': {
        const { user, mentorPolicy } = step;
        return [() => model.choose(user, mentorPolicy), () => app.update(member(user), { mentorPolicy })];
      }
      case 'limits': {
        const { user, mentorCapacity } = step;
        return [() => model.limit(user, mentorCapacity), () => app.update(member(user), { mentorCapacity })];
      }
      case 'leaves': {
        const { actor } = member(step.user);
        return [() => model.leave(step.user), () => app.endAccount({ actor, currentPassword: password })];
      }
    }
  };

  const named = (row: (typeof model.rows)[number]) => ({
    ...row,
    mentorUsername: nameOf(row.mentorId),
    menteeUsername: nameOf(row.menteeId),
  });
  const remaining = () => members.filter(({ id }) => !model.gone.has(id));

  return { app, mentorships, model, members, perform, named, nameOf, remaining };
};

type Setup = Awaited<ReturnType<typeof open>>;

const expectSame = async ({ app, mentorships, model, named, remaining }: Setup): Promise<void> => {
  for (const one of remaining()) {
    const own = model.rows.filter(({ menteeId, mentorId }) => menteeId === one.id || mentorId === one.id);
    expect(await mentorships.list(one)).toEqual(own.toReversed().map(named));
  }
  const none = remaining().map(({ username }) => [username, null]);
  const linked = model.links().map(({ mentee, mentor }) => [`user${mentee}`, `user${mentor}`]);
  expect(await app.mentors()).toEqual({ ...Object.fromEntries(none), ...Object.fromEntries(linked) });
};

const expectSound = async ({ app, model, members }: Setup): Promise<void> => {
  const stored = await storedIn(app);
  const active = stored.filter(({ status }) => status === 'active');
  const requests = stored.filter(({ status, expiresAt }) => status === 'requested' && expiresAt! > app.clock.now());
  expect(hasCycle(active.map(({ menteeId, mentorId }) => ({ mentee: menteeId, mentor: mentorId })))).toBe(false);
  expect(new Set(active.map(({ menteeId }) => menteeId)).size).toBe(active.length);
  expect(new Set(requests.map(({ menteeId, mentorId }) => `${menteeId} ${mentorId}`)).size).toBe(requests.length);
  for (const { id } of members) {
    const mentees = active.filter(({ mentorId }) => mentorId === id).length;
    expect(mentees).toBeLessThanOrEqual(model.choice(id).mentorCapacity ?? Infinity);
    const sent = requests.filter(({ menteeId, requestedBy }) => menteeId === id && requestedBy === 'mentee').length;
    expect(sent).toBeLessThanOrEqual(5);
  }
};

/** Compares the graph as of each step, and as of the last millisecond before the next. */
const expectRecord = async (
  { app, nameOf }: Setup,
  record: ReadonlyMap<number, ReturnType<Setup['model']['links']>>,
): Promise<void> => {
  const timestamps = [...record.keys()];
  for (const [index, timestamp] of timestamps.entries())
    for (const at of [timestamp, (timestamps[index + 1] ?? timestamp + 1) - 1]) {
      const { edges } = await app.viewGraph({ at });
      expect(edges.map(({ menteeId, mentorUsername }) => [menteeId, mentorUsername])).toEqual(
        record.get(timestamp)!.map(({ mentee, mentor }) => [mentee, nameOf(mentor)]),
      );
    }
};

const run = async (users: number, steps: readonly Step[]): Promise<void> => {
  const setup = await open(users);
  const { app, model, perform } = setup;
  const record = new Map([[app.clock.now(), model.links()]]);
  for (const [step, after] of steps) {
    const before = app.clock.now();
    app.clock.advance(after);
    const [decide, attempt] = perform(step) ?? [() => null, async () => {}];
    const refused = await attempt().then(
      () => null,
      (error: { code?: string }) => error.code ?? error,
    );
    model.pass(app.clock.now() - before);
    expect(refused).toBe(decide());
    record.set(app.clock.now(), model.links());
    await expectSame(setup);
    await expectSound(setup);
  }
  await expectRecord(setup, record);
};

const weights = { asks: 40, offers: 20, changes: 70, names: 20, chooses: 5, limits: 15, leaves: 1 };

test('for any sequence of steps by five users, the service and its history match the naive model', async () => {
  await fc.assert(
    fc.asyncProperty(mentorshipSteps({ users: 5, mentees: 5, weights }), (steps) => run(5, steps)),
    { numRuns: 100 },
  );
});

test('also when two of nine users send many requests and few are answered', async () => {
  const unanswered = { ...weights, asks: 120, changes: 20, names: 5 };
  await fc.assert(
    fc.asyncProperty(mentorshipSteps({ users: 9, mentees: 2, weights: unanswered }), (steps) => run(9, steps)),
    { numRuns: 50 },
  );
});
