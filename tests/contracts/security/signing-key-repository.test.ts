import type { SigningKey } from '@mentorship/domain';
import { expect, test } from 'vitest';
import { day, now, within } from '../../support/records.ts';
import { describeOnEachStore } from '../../support/store/stores.ts';

const key = (kid: string, expiresAt = now + day): SigningKey => ({
  kid,
  publicKey: `public key of ${kid}`,
  createdAt: now,
  expiresAt,
});

const byKid = (keys: SigningKey[]) => keys.toSorted((a, b) => (a.kid < b.kid ? -1 : 1));

describeOnEachStore('the signing key repository', (open) => {
  test('lists every key as published', async () => {
    const store = await open();
    expect(await store.signingKeyDirectory.list()).toEqual([]);
    await within(store, 'signingKeys', async (keys) => {
      await keys.publish(key('a'));
      await keys.publish(key('b', now - 1));
    });
    await within(store, 'signingKeys', (keys) => keys.publish(key('c')));
    expect(byKid(await store.signingKeyDirectory.list())).toEqual([key('a'), key('b', now - 1), key('c')]);
  });

  test('keeps a published key unchanged without failing the transaction', async () => {
    const store = await open();
    await within(store, 'signingKeys', (keys) => keys.publish(key('a')));
    await within(store, 'signingKeys', async (keys) => {
      await keys.publish({ ...key('a', now + 9 * day), publicKey: 'another' });
      await keys.publish(key('b'));
    });
    expect(byKid(await store.signingKeyDirectory.list())).toEqual([key('a'), key('b')]);
  });

  test('accepts the same key from 16 concurrent publishers', async () => {
    const store = await open();
    const second = await store.another();
    const publish = (at: number) => within(at % 2 ? store : second, 'signingKeys', (keys) => keys.publish(key('a')));
    await Promise.all(Array.from({ length: 16 }, (_, at) => publish(at)));
    expect(await store.signingKeyDirectory.list()).toEqual([key('a')]);
  });

  test('prunes keys that expired before the given time, not at it', async () => {
    const store = await open();
    await within(store, 'signingKeys', async (keys) => {
      for (const [kid, expiresAt] of [
        ['long before', now - day],
        ['just before', now - 1],
        ['exactly then', now],
        ['later', now + 1],
      ] as const)
        await keys.publish(key(kid, expiresAt));
      await keys.prune(now);
    });
    const left = await store.signingKeyDirectory.list();
    expect(left.map(({ kid }) => kid).toSorted()).toEqual(['exactly then', 'later']);
  });
});
