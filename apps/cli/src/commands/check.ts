import { Command } from '@commander-js/extra-typings';
import { proxySettings, readSettings } from '@mentorship/adapters/environment';
import { checkStore, noteProxies } from '@mentorship/adapters/maintenance';
import { StoreError } from '@mentorship/adapters/kysely';
import { type Environment, readEnvironment } from '../environment.ts';
import { jsonOption, openOutput, warnOf } from '../output.ts';

export const checkCommand = (environment: Environment) =>
  new Command('check')
    .description('check that the store is undamaged and keeps every rule, while the service runs')
    .option(...jsonOption)
    .addHelpText(
      'after',
      `
Reads the complete store in one snapshot and changes nothing. Prints a line for each rule, and a few rows that break it.
Damaged pages or missing tables can stop the checks that follow. Notes at the end hint at a
proxy behind which all clients count as one address; they do not fail the check.

On PostgreSQL it reads tables only. To check indexes as well, use pg_amcheck.`,
    )
    .action(async ({ json }) => {
      const { DATABASE_URL: url } = readEnvironment(environment);
      const output = openOutput({ json });
      warnOf(url);
      const checks = await output.working('checks', (onProgress) => checkStore(url, onProgress));
      for (const { check, wrong } of checks) {
        output.say(`${wrong.length === 0 ? 'ok   ' : 'WRONG'}  ${check}`);
        for (const line of wrong) output.say(`         ${line}`);
      }
      const broken = checks.filter(({ wrong }) => wrong.length > 0).length;
      const notes = broken > 0 ? [] : await noteProxies(url, readSettings(proxySettings, environment));
      for (const note of notes) output.say(`note   ${note}`);
      output.result({ ok: broken === 0, checks, notes });
      if (broken > 0) throw new StoreError(`The store breaks ${broken} of ${checks.length} rules.`);
    });
