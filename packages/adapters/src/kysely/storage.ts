import type { Repositories, Storage } from '@mentorship/application';
import type { Kysely } from 'kysely';
import { kyselyAttempts } from './security/attempt-repository.ts';
import type { Engine } from './engine/engine.ts';
import { kyselyMentorships } from './mentorships/mentorship-repository.ts';
import { retry, withDeadline } from './engine/deadline.ts';
import type { Schema } from './schema/schema.ts';
import { kyselySecurityEvents } from './security/security-event-repository.ts';
import { kyselySessions } from './sessions/session-repository.ts';
import { kyselySigningKeys } from './security/signing-key-repository.ts';
import { preparedQuery } from './engine/prepared-query.ts';
import { kyselyUsers } from './users/user-repository.ts';

const ping = preparedQuery((db) => db.selectFrom('mentor_graph').select('id'));

export const kyselyStorage = (engine: Engine): Storage => ({
  atomically: (work) =>
    withDeadline((deadline) =>
      retry(() => engine.transaction((db) => work(repositories(db, engine))), engine.isConflict, deadline),
    ),

  eraseTraces: engine.eraseTraces,

  async ping() {
    engine.requireFile();
    await ping(engine.reads, {});
  },
});

const repositories = (db: Kysely<Schema>, engine: Engine): Repositories => ({
  users: kyselyUsers(db),
  mentorships: kyselyMentorships(db, engine),
  sessions: kyselySessions(db, engine),
  signingKeys: kyselySigningKeys(db),
  attempts: kyselyAttempts(db, engine),
  securityEvents: kyselySecurityEvents(db, engine),
});
