import { Command } from '@commander-js/extra-typings';
import { restoreStore } from '@mentorship/adapters/maintenance';
import { systemClock } from '@mentorship/adapters/system';
import { type Environment, readEnvironment } from '../environment.ts';
import { jsonOption, openOutput, warnOf } from '../output.ts';

export const restoreCommand = (environment: Environment) =>
  new Command('restore')
    .description('replace the SQLite store with a backup; stop the service first')
    .argument('<file>', 'a file written by "backup"')
    .option('--replace', 'replace an existing store, which is kept beside it under another name')
    .option('--end-sessions', 'end every session, so that all users must log in again')
    .option(...jsonOption)
    .addHelpText(
      'after',
      `
The backup is checked first, and nothing changes before the last step, when the new store gets its name. The backup stays.
The service migrates a backup of an older release when it starts.

Passwords, mentorships and sessions are as in the backup. A session that has ended since is open again, also when it
ended because a password was stolen. Use --end-sessions unless you know that there is no such session: it ends every
session in the store, notes this in the events of each user, and invalidates all tokens issued before. Without it, access
tokens of sessions that began after the backup stay valid until they expire.

For a PostgreSQL store, it prints the pg_restore command to use instead.

  npx -y pnpm@12 mentorship restore /backups/mentorship-2026-01-31.sqlite --replace --end-sessions`,
    )
    .action(async (file, { replace = false, endSessions = false, json }) => {
      const { DATABASE_URL: url, EVENTS_RETENTION: retention } = readEnvironment(environment);
      const output = openOutput({ json });
      warnOf(url, `sqlite:${file}`);
      const now = systemClock.now();
      const restored = await output.working('bytes', (onProgress) =>
        restoreStore(url, file, { replace, endSessions, now, retention, onProgress }),
      );
      const { store, replaced, endedSessions, stepsToBeDone } = restored;
      output.say(`Restored ${file} to ${store}.`);
      if (replaced !== null) output.say(`The previous store is kept as ${replaced}.`);
      if (endedSessions !== null) output.say(`Sessions ended: ${endedSessions}. No token issued before is valid.`);
      if (stepsToBeDone.length > 0)
        output.say(
          `The backup is of an older release: the service will apply ${stepsToBeDone.join(', ')} when it starts.`,
        );
      output.result(restored);
    });
