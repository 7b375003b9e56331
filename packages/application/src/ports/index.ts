import type { Lifetimes, PasswordDisplay } from '@mentorship/domain';
import type { Clock } from './clock.ts';
import type { IdGenerator } from './id-generator.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { SessionDirectory } from './session-directory.ts';
import type { Storage } from './storage.ts';
import type { TokenSigner } from './token-signer.ts';
import type { UserDirectory } from './user-directory.ts';

export type * from './clock.ts';
export type * from './id-generator.ts';
export type * from './mentorship-repository.ts';
export type * from './password-hasher.ts';
export type * from './session-directory.ts';
export type * from './session-repository.ts';
export type * from './signing-key-directory.ts';
export type * from './signing-key-repository.ts';
export type * from './storage.ts';
export type * from './token-signer.ts';
export type * from './user-directory.ts';
export type * from './user-repository.ts';

/** What the operator decides and the use cases follow. */
export interface Policy {
  readonly lifetimes: Lifetimes;
  readonly passwordDisplay: PasswordDisplay;
}

/** Everything the use cases need from outside. Each takes what it uses and no more. */
export interface Ports {
  readonly storage: Storage;
  readonly userDirectory: UserDirectory;
  readonly sessionDirectory: SessionDirectory;
  readonly passwordHasher: PasswordHasher;
  readonly tokenSigner: TokenSigner;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly policy: Policy;
}
