import type { Store } from '@mentorship/adapters/store';
import type { GraphEdge, LinkPage } from '@mentorship/application';
import { type Instant, pseudonym, type User } from '@mentorship/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stoppedAt } from '../../support/manual-clock.ts';
import { addMentorship, addUsers, answer, begin, day, end, now, request, within } from '../../support/records.ts';
import { describeOnEachStore } from '../../support/store/stores.ts';

const all = { after: 0, limit: 1000 };

const linksOf = async (store: Pick<Store, 'mentorshipDirectory'>, at: Instant) =>
  (await store.mentorshipDirectory.links({ ...all, at })).edges;

/** Gives the mentee this mentor, or none, at this time. */
const change = (store: Store, at: Instant, mentee: User, mentor: User | null) =>
  within(store, 'mentorships', async (mentorships) => {
    await mentorships.lockGraph(stoppedAt(at));
    await end(mentorships, mentee, mentor ? 'replaced' : 'removed', at);
    if (mentor) await begin(mentorships, mentee, mentor, at);
  });

const edge = (mentor: User, mentee: User, startedAt: Instant, hasMentees = false): GraphEdge => ({
  mentorUsername: mentor.username,
  menteeId: mentee.id,
  menteeUsername: mentee.username,
  startedAt,
  hasMentees,
});

describeOnEachStore('the graph of mentors', (open) => {
  test('has the time of its last change, by any process', async () => {
    const store = await open();
    const { mentorshipDirectory: other } = await store.another();
    expect(await other.lastChange()).toBe(null);
    const [mentee, mentor] = await addUsers(store, 'mentee', 'mentor');
    await change(store, now + day, mentee, mentor);
    expect(await other.lastChange()).toBe(now + day);
    await change(store, now, mentee, null);
    expect(await other.lastChange()).toBe(now + day + 1);
  });

  test('has a link from the millisecond of its start until its end', async () => {
    const store = await open();
    const [mentee, mentor] = await addUsers(store, 'mentee', 'mentor');
    await change(store, now, mentee, mentor);
    await change(store, now + day, mentee, null);
    const link = edge(mentor, mentee, now);
    for (const [at, seen] of [
      [0, []],
      [now - 1, []],
      [now, [link]],
      [now + 1, [link]],
      [now + day - 1, [link]],
      [now + day, []],
      [now + 99 * day, []],
    ] as const) {
      expect(await linksOf(store, at)).toEqual(seen);
      expect(await store.mentorshipDirectory.mentees({ ...all, mentor: mentor.id, at })).toEqual(seen);
    }
  });

  test('has one mentor of a mentee at any time, even at the time of a change', async () => {
    const store = await open();
    const [mentee, first, second] = await addUsers(store, 'mentee', 'first', 'second');
    await change(store, now, mentee, first);
    await change(store, now + 5, mentee, second);
    await change(store, now + 9, mentee, first);
    const seen = (at: Instant) => linksOf(store, at);
    expect(await seen(now + 4)).toEqual([edge(first, mentee, now)]);
    expect(await seen(now + 5)).toEqual([edge(second, mentee, now + 5)]);
    expect(await seen(now + 8)).toEqual([edge(second, mentee, now + 5)]);
    expect(await seen(now + 9)).toEqual([edge(first, mentee, now + 9)]);
  });

  test('never has a link that ended when it began', async () => {
    const store = await open();
    const [mentee, mentor, other] = await addUsers(store, 'mentee', 'mentor', 'other');
    await change(store, now, mentee, mentor);
    await change(store, now, mentee, other);
    for (const at of [now - 1, now, now + 1]) {
      expect(await store.mentorshipDirectory.mentees({ ...all, mentor: mentor.id, at })).toEqual([]);
      expect(await linksOf(store, at)).toEqual(at < now ? [] : [edge(other, mentee, now)]);
    }
  });

  test('has no requests', async () => {
    const store = await open();
    const [mentee, mentor] = await addUsers(store, 'mentee', 'mentor');
    for (const status of ['declined', 'cancelled', 'expired'] as const)
      await answer(store, await addMentorship(store, request(mentee, mentor)), status);
    const asked = await addMentorship(store, request(mentee, mentor));
    const seen = (at: Instant) => linksOf(store, at);
    expect(await seen(now + 1)).toEqual([]);
    await answer(store, asked, 'active', null, now + 5);
    await answer(store, asked, 'completed', null, now + 7);
    expect(await seen(now + 4)).toEqual([]);
    expect(await seen(now + 5)).toEqual([edge(mentor, mentee, now + 5)]);
    expect(await seen(now + 7)).toEqual([]);
  });

  test('shows whether a mentee had mentees at that time', async () => {
    const store = await open();
    const [top, middle, bottom, other] = await addUsers(store, 'top', 'middle', 'bottom', 'other');
    await change(store, now, middle, top);
    await change(store, now + 2, bottom, middle);
    await change(store, now + 4, bottom, other);
    await change(store, now + 6, other, middle);
    const hasMentees = async (at: Instant) => {
      const [one] = await store.mentorshipDirectory.mentees({ ...all, mentor: top.id, at });
      const same = (await linksOf(store, at)).find(({ menteeId }) => menteeId === middle.id);
      expect(same).toEqual(one);
      return one?.hasMentees;
    };
    expect(await Promise.all([1, 2, 3, 4, 5, 6].map((after) => hasMentees(now + after)))).toEqual([
      false,
      true,
      true,
      false,
      false,
      true,
    ]);
  });

  test('shows ended accounts by their pseudonym, even in past states', async () => {
    const store = await open();
    const [mentee, mentor, other] = await addUsers(store, 'mentee', 'mentor', 'other');
    await change(store, now, mentee, mentor);
    await change(store, now, other, mentor);
    for (const { id, passwordHash } of [mentee, mentor])
      await store.storage.atomically(async ({ users, mentorships }) => {
        const at = await mentorships.lockGraph(stoppedAt(now + day));
        await users.erase(id, passwordHash, at);
        await mentorships.closeAll({ user: id, reason: 'account_ended', at });
      });
    const gone = { username: pseudonym(mentor.id), id: mentor.id } as User;
    const seen = [{ ...edge(gone, mentee, now), menteeUsername: pseudonym(mentee.id) }, edge(gone, other, now)];
    expect(await linksOf(store, now + day - 1)).toEqual(seen);
    expect(await store.mentorshipDirectory.mentees({ ...all, mentor: mentor.id, at: now })).toEqual(seen);
    expect(await linksOf(store, now + day + 1)).toEqual([]);
  });

  test.each([1, 2, 5, 12, 13])('comes in pages of %i, by ascending id of the mentee', async (limit) => {
    const store = await open();
    const [mentor, rival, ...mentees] = await addUsers(store, ...Array.from({ length: 14 }, (_, at) => `user${at}`));
    for (const [at, mentee] of mentees.toReversed().entries()) {
      await change(store, now, mentee, at % 3 ? mentor! : rival!);
      // Earlier and later links are not part of the page.
      await change(store, now + 1, mentee, at % 3 ? rival! : mentor!);
      await change(store, now + 9, mentee, rival!);
    }
    const pages = async (
      read: (query: { at: Instant; after: number; limit: number }) => Promise<readonly GraphEdge[]>,
    ) => {
      const found: GraphEdge[] = [];
      for (let page; page === undefined || page.length > 0; found.push(...page)) {
        page = await read({ at: now + 1, after: found.at(-1)?.menteeId ?? 0, limit });
        expect(page.length).toBeLessThanOrEqual(limit);
        expect(page[0]?.menteeId ?? Infinity).toBeGreaterThan(found.at(-1)?.menteeId ?? 0);
      }
      return found.map(({ menteeId }) => menteeId);
    };
    const ids = mentees.map(({ id }) => id);
    const of = (user: User) => pages((query) => store.mentorshipDirectory.mentees({ ...query, mentor: user.id }));
    const ofRival = await of(rival!);
    expect(await pages(async (query) => (await store.mentorshipDirectory.links(query)).edges)).toEqual(ids);
    expect(ofRival).toHaveLength(8);
    expect(ofRival).toEqual(ids.filter((id) => ofRival.includes(id)));
    expect(await of(mentor!)).toEqual(ids.filter((id) => !ofRival.includes(id)));

    // Pages that examine fewer mentorships than a mentee has, in which some have no edge.
    const examined: number[] = [];
    for (let after: number | null = 0; after !== null;) {
      const page: LinkPage = await store.mentorshipDirectory.links({ at: now + 1, after, limit, examine: 2 });
      expect(page.next === null || page.next > after).toBe(true);
      examined.push(...page.edges.map(({ menteeId }) => menteeId));
      after = page.next;
    }
    expect(examined).toEqual(ids);
  });

  test('shows at any time the result of all changes up to then', async () => {
    const store = await open();
    let clock = now;
    let known = 0;
    const people = 5;
    const person = fc.nat({ max: people - 1 });
    const step = fc.record({ mentee: person, mentor: fc.option(person, { freq: 4 }), wait: fc.nat({ max: 3 }) });
    const query = fc.record({ offset: fc.nat(), mentor: person, limit: fc.integer({ min: 1, max: people }) });
    const property = fc.asyncProperty(
      fc.array(step, { maxLength: 25 }),
      fc.array(query, { minLength: 6, maxLength: 6 }),
      async (steps, queries) => {
        const users = await addUsers(store, ...Array.from({ length: people }, () => `user${(known += 1)}`));
        const after = users[0]!.id - 1;
        const first = (clock += 100);
        const links: { mentee: User; mentor: User; from: Instant; to: Instant }[] = [];
        await within(store, 'mentorships', async (mentorships) => {
          for (const { mentee: of, mentor: to, wait } of steps) {
            if (of === to) continue;
            const [mentee, mentor] = [users[of]!, to === null ? null : users[to]!];
            const at = await mentorships.lockGraph(stoppedAt((clock += wait)));
            await end(mentorships, mentee, 'replaced', at);
            for (const link of links) if (link.mentee === mentee) link.to = Math.min(link.to, at);
            if (!mentor) continue;
            await begin(mentorships, mentee, mentor, at);
            links.push({ mentee, mentor, from: at, to: Infinity });
          }
        });
        for (const { offset, mentor, limit } of queries) {
          const at = first - 1 + (offset % (clock - first + 3));
          const existing = links.filter(({ from, to }) => from <= at && at < to);
          const edges = existing
            .map((link) =>
              edge(
                link.mentor,
                link.mentee,
                link.from,
                existing.some((other) => other.mentor === link.mentee),
              ),
            )
            .toSorted((a, b) => a.menteeId - b.menteeId);
          const { id, username } = users[mentor]!;
          const theirs = edges.filter(({ mentorUsername }) => mentorUsername === username);
          const { mentorshipDirectory } = store;
          expect((await mentorshipDirectory.links({ at, after, limit })).edges).toEqual(edges.slice(0, limit));
          expect(await mentorshipDirectory.mentees({ mentor: id, at, after, limit })).toEqual(theirs.slice(0, limit));
        }
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });
});
