import { accountChecks } from './account-checks.ts';
import type { Archive } from '../archive/archive.ts';
import type { Check } from './check.ts';
import { mentorshipChecks } from './mentorship-checks.ts';
import { openArchive, requireOurs } from '../archive/open-archive.ts';
import { schemaDifferences } from './schema-differences.ts';
import { sessionChecks } from './session-checks.ts';
import { writtenChecks } from './format-checks.ts';

/** What one look at the store came to. */
export interface Finding {
  readonly check: string;
  /** A line for each thing that is wrong; not all of them where there are many. */
  readonly wrong: readonly string[];
}

const checks: readonly Check[] = [
  { title: 'the files of the database are whole', find: (archive) => archive.brokenPages() },
  {
    title: 'the schema is the one that the migrations make',
    async find(archive) {
      await requireOurs(archive);
      return schemaDifferences(archive);
    },
  },
  { title: 'rows refer to rows that are there', find: (archive) => archive.strayRows() },
  ...mentorshipChecks,
  ...accountChecks,
  ...sessionChecks,
  ...writtenChecks,
];

/** How many findings of a check are told. */
const most = 5;

/**
 * Looks at a whole store, at one moment of it, while services go on using it; nothing is changed. `onProgress` hears how
 * many of the checks have been made. Throws `StoreError` when there is no store of this release.
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
      findings.push(await look(archive, check));
    } catch (error) {
      // Where pages are broken, or tables are missing, the rest cannot be looked at.
      if (!findings.some(({ wrong }) => wrong.length > 0)) throw error;
      return [...findings, { check: check.title, wrong: [`cannot be looked at: ${(error as Error).message}`] }];
    }
  }
  return findings;
};

const look = async (archive: Archive, { title, find }: Check): Promise<Finding> => {
  const wrong = await find(archive);
  const more = wrong.length > most ? ['and more'] : [];
  return { check: title, wrong: [...wrong.slice(0, most), ...more] };
};
