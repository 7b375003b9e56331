import { Command } from '@commander-js/extra-typings';
import { administrate } from '../administration.ts';
import type { Environment } from '../environment.ts';
import { jsonOption, openOutput } from '../output.ts';

export const pruneCommand = (environment: Environment) =>
  new Command('prune')
    .description('clear away everything whose time is over; the service does so too, a little at each login')
    .option(...jsonOption)
    .action(async ({ json }) => {
      const output = openOutput({ json });
      const gone = await administrate(environment, (to) =>
        output.working('cleared away', (onProgress) => to.pruneStore({ onProgress })),
      );
      for (const [kind, count] of Object.entries(gone)) output.say(`${String(count).padStart(9)}  ${kind}`);
      output.result({ pruned: gone });
    });
