import { createKeyRing, type Jwt, jwtTokenSigner, type KeyRing, revokingStorage } from '@mentorship/adapters/security';
import type { Store } from '@mentorship/adapters/store';
import { randomIds, systemClock } from '@mentorship/adapters/system';
import {
  type Application,
  type Clock,
  createApplication,
  type Policy,
  type TokenSigner,
} from '@mentorship/application';
import { buildApp } from '@mentorship/http';
import { readConfig } from '@mentorship/http/config';
import { afterAll } from 'vitest';
import { plainPasswordHasher } from '../sessions/plain-security.ts';
import { createPolicyAdapters, policy as defaultPolicy } from '../test-application.ts';

/** Opens the `app.jwt` of the real app. It is stateless, so all simulated processes may share it. */
export const openJwt = async (): Promise<Jwt> => {
  const app = await buildApp(readConfig({ DATABASE_URL: 'memory:', LOG_LEVEL: 'silent' }));
  afterAll(() => app.close());
  await app.ready();
  return app.jwt;
};

/** Creates the key ring and signer of one process, which shares only the store with others. */
export const createSigner = (
  store: Pick<Store, 'storage' | 'signingKeyDirectory'>,
  jwt: Jwt,
  clock: Clock,
  { lifetimes }: Pick<Policy, 'lifetimes'> = defaultPolicy,
): { keyRing: KeyRing; signer: TokenSigner } => {
  const keyRing = createKeyRing({ ...store, clock, lifetimes });
  return { keyRing, signer: jwtTokenSigner({ jwt, keyRing, clock, lifetimes }) };
};

/** Creates all use cases of one process over a real store, with cheap password hashing. */
export const createProcess = (
  store: Store,
  jwt: Jwt,
  clock: Clock = systemClock,
  policy: Policy = defaultPolicy,
): Application => {
  const adapters = createPolicyAdapters(store, clock, policy);
  return createApplication({
    ...store,
    storage: revokingStorage(store.storage, adapters.revocationList),
    passwordHasher: plainPasswordHasher(),
    tokenSigner: createSigner(store, jwt, clock, policy).signer,
    clock,
    ids: randomIds,
    policy,
    ...adapters,
  });
};
