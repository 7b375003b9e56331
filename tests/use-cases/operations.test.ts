import type { PublicJwk } from '@mentorship/application';
import { DomainError } from '@mentorship/domain';
import { expect, test } from 'vitest';
import { refusal } from '../support/refusals.ts';
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
    storage: { ...storage, ping: () => Promise.reject(new DomainError('storage_unavailable', {})) },
  }));
  await expect(app.checkReadiness()).rejects.toMatchObject(refusal('storage_unavailable'));
});
