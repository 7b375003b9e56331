import type { Repositories, Storage } from '@mentorship/application';
import type { Kysely } from 'kysely';
import { kyselyAttempts } from './attempt-repository.ts';
import { type Engine, retrying } from './engine.ts';
import { kyselyMentorships } from './mentorship-repository.ts';
import type { Schema } from './schema.ts';
import { kyselySecurityEvents } from './security-event-repository.ts';
import { kyselySessions } from './session-repository.ts';
import { kyselySigningKeys } from './signing-key-repository.ts';
import { kyselyUsers } from './user-repository.ts';

export const kyselyStorage = ({ writes, reads, isConflict }: Engine): Storage => ({
  atomically: (work) =>
    retrying(() => writes.transaction().execute((transaction) => work(repositories(transaction))), isConflict),

  async ping() {
    await reads.selectFrom('mentor_graph').select('id').execute();
  },
});

const repositories = (db: Kysely<Schema>): Repositories => ({
  users: kyselyUsers(db),
  mentorships: kyselyMentorships(db),
  sessions: kyselySessions(db),
  signingKeys: kyselySigningKeys(db),
  attempts: kyselyAttempts(db),
  securityEvents: kyselySecurityEvents(db),
});
