import { planImport } from '@mentorship/application';
import { Command } from '@commander-js/extra-typings';
import { importUsers, requireNoUsers } from '@mentorship/adapters/maintenance';
import { openDjango } from '@mentorship/adapters/django';
import { systemClock } from '@mentorship/adapters/system';
import { InvalidArgumentError } from 'commander';
import { describeChange, summariseChanges } from '../import-changes.ts';
import { type Environment, readEnvironment } from '../environment.ts';
import { defaultReportPath, type ImportReport, reportOn, writeReport } from '../import-report.ts';
import { jsonOption, openOutput, type Output, warnOf } from '../output.ts';
import { passwordHelp } from '../password-help.ts';
import { storeUrl } from '../store-url.ts';

export const importDjangoCommand = (environment: Environment) =>
  new Command('import-django')
    .description('import the users, mentors and passwords of the original into a new or empty store')
    .argument('<source>', 'path of the SQLite database of the original, or postgres://…', sourceUrl)
    .option('--dry-run', 'write nothing; list all that the import would change')
    .option('--report <file>', 'path of the report (default: mentorship-import-<time>.json; none for a dry run)')
    .option(...jsonOption)
    .addHelpText(
      'after',
      `
Stop the original first; only --dry-run works while it runs. The source is only read; the target is the store in
DATABASE_URL. Users keep their ids, names and passwords; the first login rehashes the password with argon2id. Every account
is imported. Values that break the rules of this service are changed as little as possible, and the report lists each
change. The report gets its name once the import is done. If the process is killed, <report>.not-done-<letters>
stays, which you can delete.

  npx -y pnpm@12 mentorship import-django --dry-run db.sqlite3
  npx -y pnpm@12 mentorship import-django postgres://original@db.example.org/original --report import.json

${passwordHelp} DATABASE_URL_FILE names a
file with the URL of the target.`,
    )
    .action(async (source, { dryRun = false, report: file, json }) => {
      const { DATABASE_URL: target } = readEnvironment(environment);
      const output = openOutput({ json });
      warnOf(source, target);
      await using original = await openDjango(source, { readOnly: dryRun });
      if (!dryRun) await original.requireIdle();
      const accounts = await original.readAccounts();
      await requireNoUsers(target);

      const at = systemClock.now();
      const plan = planImport(accounts, at);
      const leftBehind = await original.listLeftBehind();
      const report = reportOn(plan, { at, dryRun, source: original.title, accounts: accounts.length, leftBehind });
      const path = file ?? (dryRun ? null : defaultReportPath(at));
      const work = async () => {
        if (dryRun) return;
        await output.working('rows', (onProgress) => importUsers(target, plan.users, at, onProgress));
      };
      await (path === null ? work() : writeReport(path, report, work));
      print(output, report, path);
      output.result({ ...report, report: path });
    });

const print = ({ say }: Output, report: ImportReport, path: string | null): void => {
  const { dryRun, accounts, users, deactivated, mentors, deviations, leftBehind } = report;
  if (dryRun) for (const change of deviations) say(describeChange(change));
  say(
    `${dryRun ? 'Would import' : 'Imported'} ${accounts} accounts as ${users} users, ${deactivated} of them deactivated. ` +
      `Mentors: ${mentors.kept} kept, ${mentors.cut} removed.`,
  );
  say(deviations.length === 0 ? 'No account was changed.' : 'Changes, with the number of users:');
  for (const line of summariseChanges(deviations)) say(line);
  for (const line of describeLeftBehind(leftBehind)) say(line);
  if (path !== null) say(`The report is in ${path}`);
  if (dryRun) say('Nothing was written. Run it without --dry-run to import.');
};

const describeLeftBehind = ({ columns, tables }: ImportReport['leftBehind']): string[] => [
  ...(columns.length > 0 ? [`Not imported, columns of users: ${columns.join(', ')}`] : []),
  ...(tables.length > 0
    ? [`Not imported, tables (rows): ${tables.map(({ name, rows }) => `${name} (${rows ?? '?'})`).join(', ')}`]
    : []),
];

const sourceUrl = (text: string): string => {
  if (/^(sqlite:|postgres(ql)?:\/\/)/.test(text)) return storeUrl(text);
  if (/^[a-z]+:\/\/|^memory:$/.test(text) || text === '')
    throw new InvalidArgumentError(
      'It must be the path of an SQLite file, or postgres://<user>:<password>@<host>/<database>.',
    );
  return `sqlite:${text}`;
};
