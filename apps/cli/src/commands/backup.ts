import { statSync } from 'node:fs';
import { Command } from '@commander-js/extra-typings';
import { backupStore } from '@mentorship/adapters/maintenance';
import { type Environment, readEnvironment } from '../environment.ts';
import { jsonOption, openOutput } from '../output.ts';

export const backupCommand = (environment: Environment) =>
  new Command('backup')
    .description('write a backup of the SQLite store to a new file, while the service runs')
    .argument('<file>', 'the backup; there must be no such file')
    .option(...jsonOption)
    .addHelpText(
      'after',
      `
All that the service had answered for when the backup began is in it. The service is not kept waiting; its file -wal grows
until the backup is done. The file gets its name only once it is whole, has been looked through and is on the disk; a
backup that was interrupted leaves <file>.partial-<number>, which can be deleted. It holds password hashes, so that only
you can read it: keep it so.

For PostgreSQL it says which command of its own to use.

  pnpm mentorship backup /backups/mentorship-$(date +%F).sqlite`,
    )
    .action(async (file, { json }) => {
      const { DATABASE_URL: url } = readEnvironment(environment);
      const output = openOutput({ json });
      const start = performance.now();
      await output.working('pages', (onProgress) => backupStore(url, file, onProgress));
      const [seconds, bytes] = [(performance.now() - start) / 1000, statSync(file).size];
      output.say(`Backed up to ${file}: ${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s.`);
      output.result({ file, bytes, seconds });
    });
