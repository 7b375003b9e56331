import { Command } from '@commander-js/extra-typings';
import { restoreStore } from '@mentorship/adapters/maintenance';
import { systemClock } from '@mentorship/adapters/system';
import { type Environment, readEnvironment } from '../environment.ts';
import { jsonOption, openOutput } from '../output.ts';

export const restoreCommand = (environment: Environment) =>
  new Command('restore')
    .description('make a backup the SQLite store; stop the service first')
    .argument('<file>', 'a file that "backup" has written')
    .option('--replace', 'put it in the place of the store that is there, which is kept beside it under another name')
    .option('--end-sessions', 'end every session: everybody logs in again')
    .option(...jsonOption)
    .addHelpText(
      'after',
      `
The backup is looked through first; until the last moment, when the file gets its name, nothing is changed. The backup stays.
One of an older release is brought up to date when the service starts.

Passwords, mentorships and sessions are those of the backup: a session that has ended since, or whose user has changed a
password because it was stolen, is open again. Say --end-sessions unless you know that there is none: it ends every
session in the store, which each user finds among the events of their account, and makes all tokens worthless that
were issued before. Without it, access tokens of sessions that began after the backup work until they run out.

For PostgreSQL it says which command of its own to use.

  pnpm mentorship restore /backups/mentorship-2026-01-31.sqlite --replace --end-sessions`,
    )
    .action(async (file, { replace = false, endSessions = false, json }) => {
      const { DATABASE_URL: url, EVENTS_RETENTION: retention } = readEnvironment(environment);
      const output = openOutput({ json });
      const now = systemClock.now();
      const restored = await output.working('bytes', (onProgress) =>
        restoreStore(url, file, { replace, endSessions, now, retention, onProgress }),
      );
      const { store, replaced, endedSessions, stepsToBeDone } = restored;
      output.say(`Restored ${file} to ${store}.`);
      if (replaced !== null) output.say(`What was there before is kept as ${replaced}.`);
      if (endedSessions !== null)
        output.say(`${endedSessions} sessions have been ended, and no token issued before is good.`);
      if (stepsToBeDone.length > 0)
        output.say(`It is of an older release: the service does ${stepsToBeDone.join(', ')} when it starts.`);
      output.result(restored);
    });
