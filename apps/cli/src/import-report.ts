import type { Deviation, ImportPlan } from '@mentorship/application';
import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { LeftBehind } from '@mentorship/adapters/django';
import { StoreError } from '@mentorship/adapters/kysely';
import type { Instant } from '@mentorship/domain';
import { countKinds } from './import-changes.ts';

/** What came of an import, or would: every account of the source is accounted for. */
export interface ImportReport {
  readonly at: string;
  readonly dryRun: boolean;
  readonly source: string;
  readonly accounts: number;
  readonly users: number;
  readonly deactivated: number;
  readonly mentors: { readonly kept: number; readonly cut: number };
  readonly counts: ReturnType<typeof countKinds>;
  readonly leftBehind: LeftBehind;
  readonly deviations: readonly Deviation[];
}

export const reportOn = (
  { users, deviations }: ImportPlan,
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
    cut: deviations.filter(({ what }) => what.startsWith('mentor_')).length,
  },
  counts: countKinds(deviations),
  leftBehind: rest.leftBehind,
  deviations,
});

export const usualReportPath = (at: Instant): string =>
  `mentorship-import-${new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '')}.json`;

/**
 * Writes the report into a new file that nobody else can read. Until the work is done it is beside that, under a name that
 * says so: a process that dies midway leaves no report of what has not been done, and nothing in the way of the next.
 * Throws `StoreError`.
 */
export const keepReport = async (path: string, report: ImportReport, work: () => Promise<void>): Promise<void> => {
  const unfinished = `${path}.not-done-${randomUUID()}`;
  try {
    requireFree(path);
    writeFileSync(unfinished, `${JSON.stringify(report, null, 2)}\n`, { flag: 'wx', mode: 0o600, flush: true });
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
    requireFree(path);
    renameSync(unfinished, path);
  } catch (error) {
    throw new StoreError(`It is done, but its report is in ${unfinished} (${(error as Error).message}).`);
  }
};

const requireFree = (path: string): void => {
  if (existsSync(path)) throw new Error(`${path} exists already`);
};
