import type {
  AttemptDirectory,
  MentorshipDirectory,
  SecurityEventDirectory,
  SessionDirectory,
  SigningKeyDirectory,
  Storage,
  UserDirectory,
} from '@mentorship/application';

/** The connections of one pool at the moment, and who waits for one. */
export interface ConnectionLoad {
  readonly busy: number;
  readonly idle: number;
  readonly waiting: number;
  /** How many there can be. */
  readonly most: number;
}

/** What every kind of store offers: the ports it implements, and an end. */
export interface Store {
  readonly storage: Storage;
  readonly userDirectory: UserDirectory;
  readonly mentorshipDirectory: MentorshipDirectory;
  readonly sessionDirectory: SessionDirectory;
  readonly attemptDirectory: AttemptDirectory;
  readonly securityEventDirectory: SecurityEventDirectory;
  readonly signingKeyDirectory: SigningKeyDirectory;
  /** By the name of the pool; none where there are no pools. */
  connections(): Readonly<Record<string, ConnectionLoad>>;
  close(): Promise<void>;
}
