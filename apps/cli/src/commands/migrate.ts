import { Command } from '@commander-js/extra-typings';
import { readMigrations } from '@mentorship/adapters/maintenance';
import { migrateStore } from '@mentorship/adapters/kysely';
import { type Environment, readEnvironment } from '../environment.ts';
import { jsonOption, openOutput } from '../output.ts';

export const migrateCommand = (environment: Environment) =>
  new Command('migrate')
    .description('bring the schema of the store up to date; the service does so too whenever it starts')
    .option('--status', 'change nothing: list which steps have been done')
    .option(...jsonOption)
    .action(async ({ status, json }) => {
      const { DATABASE_URL: url } = readEnvironment(environment);
      const output = openOutput({ json });
      if (!status) await migrateStore(url);
      const steps = await readMigrations(url);
      for (const { name, appliedAt } of steps) output.say(`${name}  ${appliedAt ?? 'to be done'}`);
      output.result({ migrations: steps });
    });
