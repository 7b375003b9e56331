import 'reflect-metadata';
import { openKyselyStore } from '@mentorship/adapters/kysely';
import { openMemoryStore } from '@mentorship/adapters/memory';
import {
  argon2PasswordHasher,
  createAttemptLimiter,
  createKeyRing,
  createRevocationList,
  type HashCost,
  type Jwt,
  jwtTokenSigner,
  type KeyRing,
  type PolledRevocationList,
  type QueuedPasswordHasher,
  revokingStorage,
} from '@mentorship/adapters/security';
import type { Store } from '@mentorship/adapters/store';
import { randomIds, systemClock } from '@mentorship/adapters/system';
import {
  type Application,
  type AttemptLimiter,
  type Clock,
  createApplication,
  type IdGenerator,
  type PasswordRules,
  type Policy,
  type TokenSigner,
} from '@mentorship/application';
import { container, type DependencyContainer, type InjectionToken, instanceCachingFactory } from 'tsyringe';
import type { Config } from './config.ts';
import { hashConcurrency } from './process/hash-concurrency.ts';
import type { Measure } from './metrics/measure-service.ts';

/**
 * A typed key of the container. The function keeps the type within this file too: tsc narrows a `symbol` constant to
 * `symbol`, and would accept any value for it.
 */
const token = <T>(name: string): InjectionToken<T> => Symbol(name);

export const KEY_RING = token<KeyRing>('KeyRing');
export const PASSWORD_HASHER = token<QueuedPasswordHasher>('PasswordHasher');
export const REVOCATION_LIST = token<PolledRevocationList>('RevocationList');
const STORE = token<Store>('Store');
const JWT = token<Jwt>('Jwt');
const TOKEN_SIGNER = token<TokenSigner>('TokenSigner');
const CLOCK = token<Clock>('Clock');
const IDS = token<IdGenerator>('IdGenerator');
const POLICY = token<Policy>('Policy');
const ATTEMPT_LIMITER = token<AttemptLimiter>('AttemptLimiter');
const PASSWORD_RULES = token<PasswordRules>('PasswordRules');

/** Opens the store that `DATABASE_URL` names. */
export const openStore = async ({ DATABASE_URL: url, PREPARED_STATEMENTS }: Config): Promise<Store> =>
  url === 'memory:' ? openMemoryStore() : openKyselyStore(url, { preparedStatements: PREPARED_STATEMENTS });

/** Chooses the adapter for each port: here and nowhere else. */
export const createContainer = (
  config: Config,
  {
    store,
    jwt,
    passwordRules,
    clock = systemClock,
    hashCost,
  }: { store: Store; jwt: Jwt; passwordRules: PasswordRules; clock?: Clock; hashCost?: HashCost },
): DependencyContainer => {
  const child = container.createChildContainer();
  const singleton = <Value>(create: (from: DependencyContainer) => Value) => ({
    useFactory: instanceCachingFactory(create),
  });

  child.register(STORE, { useValue: store });
  child.register(JWT, { useValue: jwt });
  child.register(CLOCK, { useValue: clock });
  child.register(IDS, { useValue: randomIds });
  child.register(PASSWORD_RULES, { useValue: passwordRules });
  child.register(POLICY, { useValue: policyOf(config) });
  child.register(
    PASSWORD_HASHER,
    singleton(() =>
      argon2PasswordHasher({ concurrency: hashConcurrency(config.WORKERS), queue: config.HASH_QUEUE }, hashCost),
    ),
  );
  child.register(
    ATTEMPT_LIMITER,
    singleton((from) => createAttemptLimiter({ budgets: from.resolve(POLICY).budgets, clock: from.resolve(CLOCK) })),
  );
  child.register(
    REVOCATION_LIST,
    singleton((from) => createRevocationList({ ...from.resolve(STORE), clock: from.resolve(CLOCK) })),
  );
  child.register(
    KEY_RING,
    singleton((from) =>
      createKeyRing({ ...from.resolve(STORE), clock: from.resolve(CLOCK), lifetimes: from.resolve(POLICY).lifetimes }),
    ),
  );
  child.register(
    TOKEN_SIGNER,
    singleton((from) =>
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

const policyOf = (config: Config): Policy => ({
  lifetimes: { access: config.ACCESS_TOKEN_LIFETIME, refresh: config.REFRESH_TOKEN_LIFETIME },
  rotation: config.REFRESH_ROTATION ? { maxSessionLifetime: config.SESSION_MAX_LIFETIME } : null,
  passwordDisplay: config.API_PASSWORD_FIELD,
  requireCurrentPassword: config.REQUIRE_CURRENT_PASSWORD,
  registrationOpen: config.REGISTRATION,
  contactVisible: config.PROFILE_CONTACT,
  budgets: {
    login: config.LOGIN_BUDGET,
    login_address: config.LOGIN_BUDGET_PER_ADDRESS,
    login_account: config.LOGIN_BUDGET_PER_ACCOUNT,
    login_unknown: null,
    registration: config.REGISTRATION_BUDGET,
    password: config.PASSWORD_BUDGET,
    request: config.REQUEST_BUDGET,
  },
  requestLifetime: config.MENTORSHIP_REQUEST_LIFETIME,
  requestRetention: config.REQUEST_RETENTION,
  eventRetention: config.EVENTS_RETENTION,
});

/** Binds the use cases to the ports in the container, which `measure` may wrap. */
export const resolveApplication = (from: DependencyContainer, measure: Measure): Application => {
  const store = from.resolve(STORE);
  const revocationList = from.resolve(REVOCATION_LIST);
  return createApplication(
    measure({
      ...store,
      storage: revokingStorage(store.storage, revocationList),
      revocationList,
      attemptLimiter: from.resolve(ATTEMPT_LIMITER),
      passwordHasher: from.resolve(PASSWORD_HASHER),
      passwordRules: from.resolve(PASSWORD_RULES),
      tokenSigner: from.resolve(TOKEN_SIGNER),
      clock: from.resolve(CLOCK),
      ids: from.resolve(IDS),
      policy: from.resolve(POLICY),
    }),
  );
};
