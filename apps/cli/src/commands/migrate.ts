import { Command } from '@commander-js/extra-typings';
import { fillStore, readMigrations } from '@mentorship/adapters/maintenance';
import { migrateStore } from '@mentorship/adapters/kysely';
import { type Environment, readEnvironment } from '../environment.ts';
import { jsonOption, openOutput, warnOf } from '../output.ts';

export const migrateCommand = (environment: Environment) =>
  new Command('migrate')
    .description('migrate the store to the schema of this release; the service also does so when it starts')
    .option('--status', 'change nothing; list the migrations and when each was applied')
    .option(...jsonOption)
    .action(async ({ status, json }) => {
      const { DATABASE_URL: url } = readEnvironment(environment);
      const output = openOutput({ json });
      warnOf(url);
      if (!status) await fillStore(url, migrateStore);
      const migrations = await readMigrations(url);
      for (const { name, appliedAt } of migrations) output.say(`${name}  ${appliedAt ?? 'pending'}`);
      output.result({ migrations });
    });
