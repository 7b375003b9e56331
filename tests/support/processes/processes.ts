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
import { createPolicyAdapters, policy as usualPolicy } from '../test-application.ts';

/** What @fastify/jwt gives the real app; it keeps nothing, so every "process" may use the one. */
export const openJwt = async (): Promise<Jwt> => {
  const app = await buildApp(readConfig({ DATABASE_URL: 'memory:', LOG_LEVEL: 'silent' }));
  afterAll(() => app.close());
  await app.ready();
  return app.jwt;
};

/** The key ring and the signer as one process has them: it shares nothing but the store. */
export const createSigner = (
  store: Pick<Store, 'storage' | 'signingKeyDirectory'>,
  jwt: Jwt,
  clock: Clock,
  { lifetimes }: Pick<Policy, 'lifetimes'> = usualPolicy,
): { keyRing: KeyRing; signer: TokenSigner } => {
  const keyRing = createKeyRing({ ...store, clock, lifetimes });
  return { keyRing, signer: jwtTokenSigner({ jwt, keyRing, clock, lifetimes }) };
};

/** All use cases over a real store, as one process runs them, but for passwords that cost nothing. */
export const createProcess = (
  store: Store,
  jwt: Jwt,
  clock: Clock = systemClock,
  policy: Policy = usualPolicy,
): Application => {
  const judges = createPolicyAdapters(store, clock, policy);
  return createApplication({
    ...store,
    storage: revokingStorage(store.storage, judges.revocationList),
    passwordHasher: plainPasswordHasher(),
    tokenSigner: createSigner(store, jwt, clock, policy).signer,
    clock,
    ids: randomIds,
    policy,
    ...judges,
  });
};
