import { Command } from '@commander-js/extra-typings';
import { checkStore } from '@mentorship/adapters/maintenance';
import { StoreError } from '@mentorship/adapters/kysely';
import { type Environment, readEnvironment } from '../environment.ts';
import { jsonOption, openOutput } from '../output.ts';

export const checkCommand = (environment: Environment) =>
  new Command('check')
    .description('look whether the store is whole and keeps every rule, while the service runs')
    .option(...jsonOption)
    .addHelpText(
      'after',
      `
Reads the whole store at one moment and changes nothing. Each rule is a line, with a few of the rows that break it.
Where pages are broken or tables are missing, what comes after them may not be looked at.

Of PostgreSQL it reads what the tables say. It does not look whether the indexes say the same: pg_amcheck does.`,
    )
    .action(async ({ json }) => {
      const { DATABASE_URL: url } = readEnvironment(environment);
      const output = openOutput({ json });
      const checks = await output.working('checks', (onProgress) => checkStore(url, onProgress));
      for (const { check, wrong } of checks) {
        output.say(`${wrong.length === 0 ? 'ok   ' : 'WRONG'}  ${check}`);
        for (const line of wrong) output.say(`         ${line}`);
      }
      const broken = checks.filter(({ wrong }) => wrong.length > 0).length;
      output.result({ ok: broken === 0, checks });
      if (broken > 0) throw new StoreError(`${broken} of ${checks.length} rules do not hold in this store.`);
    });
