import type { Budgets, PasswordDisplay, Seconds, SessionPolicy } from '@mentorship/domain';
import type { AttemptLimiter } from './attempt-limiter.ts';
import type { AttemptDirectory } from './attempt-repository.ts';
import type { Clock } from './clock.ts';
import type { IdGenerator } from './id-generator.ts';
import type { MentorshipDirectory } from './mentorship-directory.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { PasswordRules } from './password-rules.ts';
import type { RevocationList } from './revocation-list.ts';
import type { SecurityEventDirectory } from './security-event-directory.ts';
import type { SessionDirectory } from './session-directory.ts';
import type { Storage } from './storage.ts';
import type { TokenSigner } from './token-signer.ts';
import type { UserDirectory } from './user-directory.ts';

export type * from './attempt-limiter.ts';
export type * from './attempt-repository.ts';
export type * from './clock.ts';
export type * from './id-generator.ts';
export type * from './mentorship-directory.ts';
export type * from './mentorship-repository.ts';
export type * from './password-hasher.ts';
export type * from './password-rules.ts';
export type * from './revocation-list.ts';
export type * from './security-event-directory.ts';
export type * from './security-event-repository.ts';
export type * from './session-directory.ts';
export type * from './session-repository.ts';
export type * from './signing-key-repository.ts';
export type * from './storage.ts';
export type * from './token-signer.ts';
export type * from './user-directory.ts';
export type * from './user-repository.ts';

/** The operator's settings for the use cases. */
export interface Policy extends SessionPolicy {
  readonly passwordDisplay: PasswordDisplay;
  /** Whether setting a new password requires the current one. */
  readonly requireCurrentPassword: boolean;
  /** Whether registration is open to everyone. */
  readonly registrationOpen: boolean;
  /** Who sees a user's phone and email: every logged-in user, or only the user. */
  readonly contactVisible: 'everyone' | 'self';
  readonly budgets: Budgets;
  /** How long a mentorship request stays open. */
  readonly requestLifetime: Seconds;
  /** How long the messages and reasons of requests that came to nothing are kept. */
  readonly requestRetention: Seconds;
  /** How long security events are kept. */
  readonly eventRetention: Seconds;
}

/** Everything that the use cases need from outside. Each use case takes only the ports that it uses. */
export interface Ports {
  readonly storage: Storage;
  readonly userDirectory: UserDirectory;
  readonly mentorshipDirectory: MentorshipDirectory;
  readonly sessionDirectory: SessionDirectory;
  readonly attemptDirectory: AttemptDirectory;
  readonly securityEventDirectory: SecurityEventDirectory;
  readonly revocationList: RevocationList;
  readonly attemptLimiter: AttemptLimiter;
  readonly passwordHasher: PasswordHasher;
  readonly passwordRules: PasswordRules;
  readonly tokenSigner: TokenSigner;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly policy: Policy;
}
