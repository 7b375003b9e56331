import { planImport } from '@mentorship/application';
import { Command } from '@commander-js/extra-typings';
import { importUsers, requireNoUsers } from '@mentorship/adapters/maintenance';
import { openDjango } from '@mentorship/adapters/django';
import { systemClock } from '@mentorship/adapters/system';
import { InvalidArgumentError } from 'commander';
import { describeDeviation, describeKinds } from '../import-changes.ts';
import { type Environment, readEnvironment } from '../environment.ts';
import { type ImportReport, keepReport, reportOn, usualReportPath } from '../import-report.ts';
import { jsonOption, openOutput, type Output } from '../output.ts';

export const importDjangoCommand = (environment: Environment) =>
  new Command('import-django')
    .description('bring the users, mentors and passwords of the original over into a new or empty store')
    .argument('<source>', "the original's db.sqlite3, or postgres://…", sourceUrl)
    .option('--dry-run', 'write nothing: list everything that would be other than it was')
    .option('--report <file>', 'where to keep the report (default: mentorship-import-<time>.json, for an import alone)')
    .option(...jsonOption)
    .addHelpText(
      'after',
      `
Stop the original first; only --dry-run works beside it. The source is only read, the target is the store of DATABASE_URL.
Users keep their ids, names and passwords: the first login makes the hash anew as argon2id. Every account comes over. What
the rules of this service refuse is changed as little as possible, and the report says so of each. It has its name once the
import is done; one that was interrupted leaves <report>.not-done-<letters>, which can be deleted.

  pnpm mentorship import-django --dry-run db.sqlite3
  pnpm mentorship import-django postgres://original:secret@db.example.org/original --report import.json`,
    )
    .action(async (source, { dryRun = false, report: file, json }) => {
      const { DATABASE_URL: target } = readEnvironment(environment);
      const output = openOutput({ json });
      await using original = await openDjango(source, { looking: dryRun });
      if (!dryRun) await original.requireIdle();
      const accounts = await original.readAccounts();
      await requireNoUsers(target);

      const at = systemClock.now();
      const plan = planImport(accounts, at);
      const leftBehind = await original.listLeftBehind();
      const report = reportOn(plan, { at, dryRun, source: original.title, accounts: accounts.length, leftBehind });
      const path = file ?? (dryRun ? null : usualReportPath(at));
      const work = async () => {
        if (dryRun) return;
        await output.working('rows', (onProgress) => importUsers(target, plan.users, at, onProgress));
      };
      await (path === null ? work() : keepReport(path, report, work));
      tell(output, report, path);
      output.result({ ...report, report: path });
    });

const tell = ({ say }: Output, report: ImportReport, path: string | null): void => {
  const { dryRun, accounts, users, deactivated, mentors, deviations, leftBehind } = report;
  if (dryRun) for (const deviation of deviations) say(describeDeviation(deviation));
  say(
    `${accounts} accounts ${dryRun ? 'would be' : 'are'} ${users} users, ${deactivated} of them deactivated. ` +
      `Mentors: ${mentors.kept} ${dryRun ? 'would be ' : ''}kept, ${mentors.cut} cut.`,
  );
  say(deviations.length === 0 ? 'All are as they were.' : 'Other than it was, by the number of users:');
  for (const line of describeKinds(deviations)) say(line);
  for (const line of describeLeftBehind(leftBehind)) say(line);
  if (path !== null) say(`The report is in ${path}`);
  if (dryRun) say('Nothing was written. Without --dry-run it will be done.');
};

const describeLeftBehind = ({ columns, tables }: ImportReport['leftBehind']): string[] => [
  ...(columns.length > 0 ? [`Left behind, columns of users: ${columns.join(', ')}`] : []),
  ...(tables.length > 0
    ? [`Left behind, tables with their rows: ${tables.map(({ name, rows }) => `${name} (${rows ?? '?'})`).join(', ')}`]
    : []),
];

const sourceUrl = (text: string): string => {
  if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) return text;
  if (/^[a-z]+:\/\//.test(text) || text === '')
    throw new InvalidArgumentError(
      'It must be the path of an SQLite file, or postgres://<user>:<password>@<host>/<database>.',
    );
  return text.startsWith('sqlite:') ? text : `sqlite:${text}`;
};
