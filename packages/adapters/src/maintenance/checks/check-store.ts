import { accountChecks } from './account-checks.ts';
import type { Archive } from '../archive/archive.ts';
import { type Check, maxReported } from './check.ts';
import { mentorshipChecks } from './mentorship-checks.ts';
import { openArchive, requireCurrentStore } from '../archive/open-archive.ts';
import { schemaDifferences } from './schema-differences.ts';
import { sessionChecks } from './session-checks.ts';
import { formatChecks } from './format-checks.ts';

/** The result of one check. */
export interface Finding {
  readonly check: string;
  /** A line for each violation, a few at most; empty when the rule holds. */
  readonly wrong: readonly string[];
}

const checks: readonly Check[] = [
  { title: 'the database files are undamaged', find: (archive) => archive.brokenPages() },
  {
    title: 'the schema is the one that the migrations create',
    async find(archive) {
      await requireCurrentStore(archive);
      return schemaDifferences(archive);
    },
  },
  { title: 'foreign keys refer to existing rows', find: (archive) => archive.strayRows() },
  ...mentorshipChecks,
  ...accountChecks,
  ...sessionChecks,
  ...formatChecks,
];

/**
 * Checks a complete store, in one snapshot, while services keep using it, and changes nothing. `onProgress` hears how many
 * checks are done. Throws `StoreError` when there is no store of this release.
 */
export const checkStore = async (
  url: string,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Finding[]> => {
  await using archive = openArchive(url);
  await archive.snapshot();
  const findings: Finding[] = [];
  for (const check of checks) {
    onProgress(findings.length, checks.length);
    try {
      findings.push(await run(archive, check));
    } catch (error) {
      // Damaged pages and missing tables stop the checks that follow.
      if (!findings.some(({ wrong }) => wrong.length > 0)) throw error;
      return [...findings, { check: check.title, wrong: [`cannot be checked: ${(error as Error).message}`] }];
    }
  }
  return findings;
};

const run = async (archive: Archive, { title, find }: Check): Promise<Finding> => {
  const wrong = await find(archive);
  const more = wrong.length > maxReported ? ['and more'] : [];
  return { check: title, wrong: [...wrong.slice(0, maxReported), ...more] };
};
