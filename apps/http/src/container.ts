import 'reflect-metadata';
import { openKyselyStore } from '@mentorship/adapters/kysely';
import { openMemoryStore } from '@mentorship/adapters/memory';
import { argon2PasswordHasher, createKeyRing, type Jwt, jwtTokenSigner } from '@mentorship/adapters/security';
import type { Store } from '@mentorship/adapters/store';
import { randomIds, systemClock } from '@mentorship/adapters/system';
import { createApplication, type Application, type Clock } from '@mentorship/application';
import { container, type DependencyContainer, instanceCachingFactory } from 'tsyringe';
import type { Config } from './config.ts';
import { CLOCK, IDS, JWT, KEY_RING, PASSWORD_HASHER, POLICY, STORE, TOKEN_SIGNER } from './tokens.ts';

/** `DATABASE_URL` alone chooses the store. */
export const openStore = async (url: string): Promise<Store> =>
  url === 'memory:' ? openMemoryStore() : openKyselyStore(url);

/** Which adapter for which port: here, and nowhere else. */
export const createContainer = (
  config: Config,
  { store, jwt, clock = systemClock }: { store: Store; jwt: Jwt; clock?: Clock },
): DependencyContainer => {
  const child = container.createChildContainer();
  const once = <Value>(make: (from: DependencyContainer) => Value) => ({ useFactory: instanceCachingFactory(make) });

  child.register(STORE, { useValue: store });
  child.register(JWT, { useValue: jwt });
  child.register(CLOCK, { useValue: clock });
  child.register(IDS, { useValue: randomIds });
  child.register(POLICY, {
    useValue: {
      lifetimes: { access: config.ACCESS_TOKEN_LIFETIME, refresh: config.REFRESH_TOKEN_LIFETIME },
      passwordDisplay: config.API_PASSWORD_FIELD,
    },
  });
  child.register(PASSWORD_HASHER, once(argon2PasswordHasher));
  child.register(
    KEY_RING,
    once((from) =>
      createKeyRing({ ...from.resolve(STORE), clock: from.resolve(CLOCK), lifetimes: from.resolve(POLICY).lifetimes }),
    ),
  );
  child.register(
    TOKEN_SIGNER,
    once((from) =>
      jwtTokenSigner({
        jwt: from.resolve(JWT),
        keyRing: from.resolve(KEY_RING),
        clock: from.resolve(CLOCK),
        lifetimes: from.resolve(POLICY).lifetimes,
      }),
    ),
  );
  return child;
};

/** The use cases, bound to what the container holds. */
export const resolveApplication = (from: DependencyContainer): Application =>
  createApplication({
    ...from.resolve(STORE),
    passwordHasher: from.resolve(PASSWORD_HASHER),
    tokenSigner: from.resolve(TOKEN_SIGNER),
    clock: from.resolve(CLOCK),
    ids: from.resolve(IDS),
    policy: from.resolve(POLICY),
  });
