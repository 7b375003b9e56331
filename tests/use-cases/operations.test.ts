import { type PublicJwk, storageUnavailable } from '@mentorship/application';
import { expect, test } from 'vitest';
import { unavailability } from '../support/refusals.ts';
import { createTestApplication } from '../support/test-application.ts';

test('verificationKeys returns the keys of the signer', () => {
  const key: PublicJwk = { kty: 'OKP', crv: 'Ed25519', x: 'x', kid: 'kid', use: 'sig', alg: 'EdDSA' };
  const app = createTestApplication(({ tokenSigner }) => ({
    tokenSigner: { ...tokenSigner, publicKeys: () => [key] },
  }));
  expect(app.verificationKeys()).toEqual([key]);
});

test('checkReadiness resolves when the store answers', async () => {
  await expect(createTestApplication().checkReadiness()).resolves.toBeUndefined();
});

test('checkReadiness rejects when the store does not answer', async () => {
  const app = createTestApplication(({ storage }) => ({
    storage: { ...storage, ping: () => Promise.reject(storageUnavailable()) },
  }));
  await expect(app.checkReadiness()).rejects.toMatchObject(unavailability('storage_unavailable'));
});
