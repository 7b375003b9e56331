import type {
  AttemptDirectory,
  MentorshipDirectory,
  SecurityEventDirectory,
  SessionDirectory,
  SigningKeyDirectory,
  Storage,
  UserDirectory,
} from '@mentorship/application';

/** What every kind of store offers: the ports it implements, and an end. */
export interface Store {
  readonly storage: Storage;
  readonly userDirectory: UserDirectory;
  readonly mentorshipDirectory: MentorshipDirectory;
  readonly sessionDirectory: SessionDirectory;
  readonly attemptDirectory: AttemptDirectory;
  readonly securityEventDirectory: SecurityEventDirectory;
  readonly signingKeyDirectory: SigningKeyDirectory;
  close(): Promise<void>;
}
