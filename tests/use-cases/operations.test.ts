import { type PublicJwk, storageUnavailable } from '@mentorship/application';
import { expect, test } from 'vitest';
import { unavailability } from '../support/refusals.ts';
import { createTestApplication } from '../support/test-application.ts';

test('the verification keys are the signer’s', () => {
  const key: PublicJwk = { kty: 'OKP', crv: 'Ed25519', x: 'x', kid: 'kid', use: 'sig', alg: 'EdDSA' };
  const app = createTestApplication(({ tokenSigner }) => ({
    tokenSigner: { ...tokenSigner, publicKeys: () => [key] },
  }));
  expect(app.verificationKeys()).toEqual([key]);
});

test('the service is ready when the store answers', async () => {
  await expect(createTestApplication().checkReadiness()).resolves.toBeUndefined();
});

test('and not when it does not', async () => {
  const app = createTestApplication(({ storage }) => ({
    storage: { ...storage, ping: () => Promise.reject(storageUnavailable()) },
  }));
  await expect(app.checkReadiness()).rejects.toMatchObject(unavailability('storage_unavailable'));
});
