import { statSync } from 'node:fs';
import { Command } from '@commander-js/extra-typings';
import { backupStore } from '@mentorship/adapters/maintenance';
import { type Environment, readEnvironment } from '../environment.ts';
import { jsonOption, openOutput, warnOf } from '../output.ts';

export const backupCommand = (environment: Environment) =>
  new Command('backup')
    .description('write a backup of the SQLite store to a new file, while the service runs')
    .argument('<file>', 'path of the backup; the file must not exist')
    .option(...jsonOption)
    .addHelpText(
      'after',
      `
The backup holds everything committed before it began. The service does not wait; its file -wal grows until the backup is
done. The file gets its name only once verified and flushed to disk. If the process is killed, <file>.partial-<number> stays;
the next backup deletes it. The backup contains password hashes, so only your user can read it: keep it that way.

For a PostgreSQL store, it prints the pg_dump command to use instead.

  npx -y pnpm@12 mentorship backup /backups/mentorship-$(date +%F).sqlite`,
    )
    .action(async (file, { json }) => {
      const { DATABASE_URL: url } = readEnvironment(environment);
      const output = openOutput({ json });
      warnOf(url);
      const start = performance.now();
      await output.working('pages', (onProgress) => backupStore(url, file, onProgress));
      const [seconds, bytes] = [(performance.now() - start) / 1000, statSync(file).size];
      output.say(`Backed up to ${file}: ${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s.`);
      output.result({ file, bytes, seconds });
    });
