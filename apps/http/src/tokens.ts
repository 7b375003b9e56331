import type { AttemptLimiter, Clock, IdGenerator, PasswordRules, Policy, TokenSigner } from '@mentorship/application';
import type { Store } from '@mentorship/adapters/store';
import type { BoundedPasswordHasher, Jwt, KeyRing, PolledRevocationList } from '@mentorship/adapters/security';
import type { InjectionToken } from 'tsyringe';

// Typed only for those who import them: that is why they live in a file of their own.
export const STORE: InjectionToken<Store> = Symbol('Store');
export const JWT: InjectionToken<Jwt> = Symbol('Jwt');
export const KEY_RING: InjectionToken<KeyRing> = Symbol('KeyRing');
export const TOKEN_SIGNER: InjectionToken<TokenSigner> = Symbol('TokenSigner');
export const PASSWORD_HASHER: InjectionToken<BoundedPasswordHasher> = Symbol('PasswordHasher');
export const CLOCK: InjectionToken<Clock> = Symbol('Clock');
export const IDS: InjectionToken<IdGenerator> = Symbol('IdGenerator');
export const POLICY: InjectionToken<Policy> = Symbol('Policy');
export const REVOCATION_LIST: InjectionToken<PolledRevocationList> = Symbol('RevocationList');
export const ATTEMPT_LIMITER: InjectionToken<AttemptLimiter> = Symbol('AttemptLimiter');
export const PASSWORD_RULES: InjectionToken<PasswordRules> = Symbol('PasswordRules');
