import { Command } from '@commander-js/extra-typings';
import { administrate } from '../administration.ts';
import type { Environment } from '../environment.ts';
import { jsonOption, openOutput } from '../output.ts';

export const pruneCommand = (environment: Environment) =>
  new Command('prune')
    .description('delete expired data and old messages; the service also deletes some at each login')
    .option(...jsonOption)
    .action(async ({ json }) => {
      const output = openOutput({ json });
      const pruned = await administrate(environment, (to) =>
        output.working('rows pruned', (onProgress) => to.pruneStore({ onProgress })),
      );
      for (const [what, count] of Object.entries(pruned)) output.say(`${String(count).padStart(9)}  ${what}`);
      output.result({ pruned });
    });
