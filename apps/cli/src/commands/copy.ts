import { Command } from '@commander-js/extra-typings';
import { copyStore } from '@mentorship/adapters/maintenance';
import { storeUrl } from '../store-url.ts';
import { jsonOption, openOutput, warnOf } from '../output.ts';
import { passwordHelp } from '../password-help.ts';

export const copyCommand = () =>
  new Command('copy')
    .description('copy everything to another store, which must be new or empty')
    .argument('<from>', 'sqlite:<path> or postgres://…', storeUrl)
    .argument('<to>', 'the same; must be new or empty', storeUrl)
    .option(...jsonOption)
    .addHelpText(
      'after',
      `
Stop the service first: a store in use is not copied. Users keep their ids and passwords, sessions stay open, and tokens
stay valid when the service starts on the copy. The copy is committed only when every table has the same checksum on both
sides.

  npx -y pnpm@12 mentorship copy sqlite:data/mentorship.sqlite postgres://mentorship@db.example.org/mentorship

${passwordHelp}`,
    )
    .action(async (from, to, { json }) => {
      const output = openOutput({ json });
      warnOf(from, to);
      const start = performance.now();
      const { tables, checksum } = await output.working('rows', (onProgress) => copyStore(from, to, onProgress));
      const seconds = (performance.now() - start) / 1000;
      for (const { table, rows } of tables) output.say(`${String(rows).padStart(9)}  ${table}`);
      output.say(`Copied in ${seconds.toFixed(1)} s. Both sides have the checksum ${checksum}.`);
      output.result({ tables, checksum, seconds });
    });
