import type { ImportChange, ImportPlan } from '@mentorship/application';
import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { LeftBehind } from '@mentorship/adapters/django';
import { showInvisible } from '@mentorship/adapters/failures';
import { unfinishedFiles } from '@mentorship/adapters/maintenance';
import { realPath, StoreError } from '@mentorship/adapters/kysely';
import type { Instant } from '@mentorship/domain';
import { countChanges } from './import-changes.ts';

/** The result of an import or a dry run, as the report file and `--json` hold it. */
export interface ImportReport {
  readonly at: string;
  readonly dryRun: boolean;
  readonly source: string;
  readonly accounts: number;
  readonly users: number;
  readonly deactivated: number;
  readonly mentors: { readonly kept: number; readonly cut: number };
  readonly counts: ReturnType<typeof countChanges>;
  readonly leftBehind: LeftBehind;
  /** All changes to the accounts. */
  readonly deviations: readonly ImportChange[];
}

export const reportOn = (
  { users, changes }: ImportPlan,
  rest: Pick<ImportReport, 'dryRun' | 'source' | 'accounts' | 'leftBehind'> & { at: Instant },
): ImportReport => ({
  at: new Date(rest.at).toISOString(),
  dryRun: rest.dryRun,
  source: rest.source,
  accounts: rest.accounts,
  users: users.length,
  deactivated: users.filter(({ deactivatedAt }) => deactivatedAt !== null).length,
  mentors: {
    kept: users.filter(({ mentorId }) => mentorId !== null).length,
    cut: changes.filter(({ what }) => what.startsWith('mentor_')).length,
  },
  counts: countChanges(changes),
  leftBehind: rest.leftBehind,
  deviations: changes,
});

export const defaultReportPath = (at: Instant): string =>
  `mentorship-import-${new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '')}.json`;

/**
 * Writes the report to a new file that only this user can read. Until the work is done the file has a temporary name: a
 * process that dies midway leaves no report of unfinished work, and does not block the next import. Throws `StoreError`.
 */
export const writeReport = async (name: string, report: ImportReport, work: () => Promise<void>): Promise<void> => {
  const path = realPath(name);
  const unfinished = `${path}.not-done-${randomUUID()}`;
  try {
    rejectExisting(path, name);
    unfinishedFiles.publish(unfinished);
    writeFileSync(unfinished, `${JSON.stringify(report, null, 2).split('\n').map(showInvisible).join('\n')}\n`, {
      flag: 'wx',
      mode: 0o600,
      flush: true,
    });
  } catch (error) {
    throw new StoreError(
      `The report cannot be written (${(error as Error).message}). Name another file with --report. Nothing was imported.`,
    );
  }
  await work().catch((error: unknown) => {
    rmSync(unfinished, { force: true });
    throw error;
  });
  try {
    rejectExisting(path, name);
    renameSync(unfinished, path);
  } catch (error) {
    throw new StoreError(
      `The import is done, but its report cannot be renamed: it is in ${unfinished} (${(error as Error).message}).`,
    );
  }
};

const rejectExisting = (path: string, name: string): void => {
  if (existsSync(path)) throw new Error(`${name} already exists`);
};
