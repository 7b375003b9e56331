import type { Store } from '@mentorship/adapters/store';
import type { SessionReference } from '@mentorship/application';
import type { Session } from '@mentorship/domain';
import { array, assert, asyncProperty, integer } from 'fast-check';
import { expect, test } from 'vitest';
import { addUsers, hour, minute, now, session, within } from '../../support/records.ts';
import { describeOnEachStore } from '../../support/store/stores.ts';

const next = { from: 0, expiresAt: now + 2 * hour, accessUntil: now + hour };

const rotate = (store: Store, reference: SessionReference, to: Partial<typeof next> = {}, at = now + minute) =>
  within(store, 'sessions', (sessions) => sessions.rotate(reference, { ...next, ...to }, at));

const find = (store: Store, reference: SessionReference) =>
  within(store, 'sessions', (sessions) => sessions.find(reference));

describeOnEachStore('the rotation of a session', (open) => {
  const openWithSession = async (overrides: Partial<Session> = {}) => {
    const store = await open();
    const [owner, other] = await addUsers(store, 'owner', 'other');
    const mine = session('mine', owner.id, overrides);
    await within(store, 'sessions', (sessions) => sessions.open(mine));
    return { store, owner, other, mine };
  };

  test('raises the generation by one, and records the time', async () => {
    const { store, mine } = await openWithSession();
    expect(await rotate(store, mine)).toBe(true);
    const rotated = {
      ...mine,
      generation: 1,
      rotatedAt: now + minute,
      lastUsedAt: now + minute,
      expiresAt: next.expiresAt,
      accessUntil: next.accessUntil,
    };
    expect(await find(store, mine)).toEqual(rotated);
    expect(await rotate(store, mine, { from: 1 }, now + 2 * minute)).toBe(true);
    expect(await find(store, mine)).toMatchObject({ generation: 2, rotatedAt: now + 2 * minute });
  });

  test('never lowers `accessUntil`', async () => {
    const { store, mine } = await openWithSession({ accessUntil: now + 3 * hour });
    await rotate(store, mine);
    expect(await find(store, mine)).toMatchObject({ generation: 1, accessUntil: now + 3 * hour });
  });

  test('is rejected from any generation but the current one, and changes nothing', async () => {
    const { store, mine } = await openWithSession({ generation: 3 });
    for (const from of [0, 2, 4]) expect(await rotate(store, mine, { from })).toBe(false);
    expect(await find(store, mine)).toEqual(mine);
  });

  test('is rejected from the millisecond of the expiry on', async () => {
    const { store, mine } = await openWithSession();
    expect(await rotate(store, mine, {}, mine.expiresAt)).toBe(false);
    expect(await find(store, mine)).toEqual(mine);
    expect(await rotate(store, mine, {}, mine.expiresAt - 1)).toBe(true);
  });

  test('is rejected once the session has ended, and for an unknown session', async () => {
    const { store, other, mine } = await openWithSession();
    expect(await rotate(store, { id: mine.id, userId: other.id })).toBe(false);
    expect(await rotate(store, { ...mine, id: 'another' })).toBe(false);
    await within(store, 'sessions', (sessions) => sessions.end({ userId: mine.userId }, 'revoked', now));
    expect(await rotate(store, mine)).toBe(false);
    expect(await find(store, mine)).toMatchObject({ generation: 0, endReason: 'revoked' });
  });

  test('succeeds for exactly one of 16 concurrent calls on two processes, in each generation', async () => {
    const { store, mine } = await openWithSession();
    const second = await store.another();
    for (let from = 0; from < 5; from++) {
      const racers = Array.from({ length: 16 }, (_, at) => rotate(at % 2 === 0 ? store : second, mine, { from }));
      expect((await Promise.all(racers)).filter(Boolean)).toHaveLength(1);
      expect(await find(second, mine)).toMatchObject({ generation: from + 1 });
    }
  });

  test('races with an end, and an ended session never rotates', async () => {
    const { store, mine, owner } = await openWithSession();
    const second = await store.another();
    const rounds = Array.from({ length: 20 }, (_, at) => session(`round${at}`, mine.userId));
    for (const each of rounds) {
      await within(store, 'sessions', (sessions) => sessions.open(each));
      const [ended, rotated] = await Promise.all([
        within(store, 'sessions', (sessions) => sessions.end({ userId: owner.id, id: each.id }, 'logout', now)),
        rotate(second, each, { accessUntil: now + 5 * hour }),
      ]);
      // The end must cover the last access token of the rotation.
      expect(ended).toEqual([
        { id: each.id, userId: owner.id, accessUntil: rotated ? now + 5 * hour : each.accessUntil },
      ]);
      expect(await rotate(store, each, { from: rotated ? 1 : 0 })).toBe(false);
    }
  });

  test('and uses leave the latest `accessUntil` of all', async () => {
    const { store, mine } = await openWithSession();
    let opened = 0;
    const uses = array(integer({ min: -60, max: 60 }), { minLength: 1, maxLength: 6 });
    const keepsTheLatest = asyncProperty(uses, async (offsets) => {
      const each = session(`each${(opened += 1)}`, mine.userId);
      await within(store, 'sessions', (sessions) => sessions.open(each));
      const times = offsets.map((offset) => each.accessUntil + offset * minute);
      for (const [at, accessUntil] of times.entries())
        if (at % 2 === 0) await rotate(store, each, { from: at / 2, accessUntil });
        else await within(store, 'sessions', (sessions) => sessions.extendAccess(each, accessUntil, now));
      expect(await find(store, each)).toMatchObject({
        generation: Math.ceil(times.length / 2),
        accessUntil: Math.max(each.accessUntil, ...times),
      });
    });
    await assert(keepsTheLatest, { numRuns: 20 });
  });
});
