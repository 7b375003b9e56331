import type { Repositories, Storage } from '@mentorship/application';
import type { Kysely } from 'kysely';
import { kyselyAttempts } from './attempt-repository.ts';
import type { Engine } from './engine.ts';
import { kyselyMentorships } from './mentorship-repository.ts';
import { retrying, withOnePatience } from './patience.ts';
import type { Schema } from './schema.ts';
import { kyselySecurityEvents } from './security-event-repository.ts';
import { kyselySessions } from './session-repository.ts';
import { kyselySigningKeys } from './signing-key-repository.ts';
import { statement } from './statement.ts';
import { kyselyUsers } from './user-repository.ts';

const ping = statement((db) => db.selectFrom('mentor_graph').select('id'));

export const kyselyStorage = (engine: Engine): Storage => ({
  atomically: (work) =>
    withOnePatience((patience) =>
      retrying(() => engine.transaction((db) => work(repositories(db, engine))), engine.isConflict, patience),
    ),

  async ping() {
    await ping(engine.reads, {});
  },
});

const repositories = (db: Kysely<Schema>, engine: Engine): Repositories => ({
  users: kyselyUsers(db),
  mentorships: kyselyMentorships(db),
  sessions: kyselySessions(db, engine),
  signingKeys: kyselySigningKeys(db),
  attempts: kyselyAttempts(db, engine),
  securityEvents: kyselySecurityEvents(db, engine),
});
