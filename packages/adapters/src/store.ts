import type {
  AttemptDirectory,
  MentorshipDirectory,
  SecurityEventDirectory,
  SessionDirectory,
  SigningKeyDirectory,
  Storage,
  UserDirectory,
} from '@mentorship/application';

/** How many connections of a pool are busy and idle now, and how many callers wait for one. */
export interface ConnectionLoad {
  readonly busy: number;
  readonly idle: number;
  readonly waiting: number;
  /** How many connections the pool may open. */
  readonly max: number;
}

/** Every type of store implements these ports and can be closed. */
export interface Store {
  readonly storage: Storage;
  readonly userDirectory: UserDirectory;
  readonly mentorshipDirectory: MentorshipDirectory;
  readonly sessionDirectory: SessionDirectory;
  readonly attemptDirectory: AttemptDirectory;
  readonly securityEventDirectory: SecurityEventDirectory;
  readonly signingKeyDirectory: SigningKeyDirectory;
  /** The load of each pool by its name; empty for a store without pools. */
  connections(): Readonly<Record<string, ConnectionLoad>>;
  close(): Promise<void>;
}
