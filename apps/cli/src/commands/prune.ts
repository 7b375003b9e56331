import { Command } from '@commander-js/extra-typings';
import { sqlitePath } from '@mentorship/adapters/kysely';
import { administrate } from '../administration.ts';
import { type Environment, readEnvironment } from '../environment.ts';
import { jsonOption, openOutput } from '../output.ts';

export const pruneCommand = (environment: Environment) =>
  new Command('prune')
    .description('delete expired data and old messages; the service also deletes some at each login')
    .option('--vacuum', 'also rewrite an SQLite store of any size, without what deleted rows have left in unused space')
    .option(...jsonOption)
    .addHelpText(
      'after',
      `
With --vacuum, writes of the service wait: about a second for 100 MB. A store of up to 1 MB is always rewritten.`,
    )
    .action(async ({ json, vacuum = false }, command) => {
      if (vacuum && sqlitePath(readEnvironment(environment).DATABASE_URL) === null)
        return command.error('error: --vacuum is for SQLite; for PostgreSQL, docs/operations.md names the statements');
      const output = openOutput({ json });
      const [pruned, tracesErased] = await administrate(environment, async (to) => [
        await output.working('rows pruned', (onProgress) => to.pruneStore({ onProgress })),
        await to.eraseTraces({ thorough: vacuum }),
      ]);
      for (const [what, count] of Object.entries(pruned)) output.say(`${String(count).padStart(9)}  ${what}`);
      if (!tracesErased)
        output.say(
          'Another process uses the store, so its files still contain what was deleted. ' +
            (vacuum ? 'Run prune --vacuum again later.' : 'The service removes that within a minute.'),
        );
      output.result({ pruned, tracesErased });
    });
