import { accountChecks } from './account-checks.ts';
import type { Archive } from './archive.ts';
import type { Check } from './check.ts';
import { mentorshipChecks } from './mentorship-checks.ts';
import { openArchive, requireOurs } from './open-archive.ts';
import { schemaDifferences } from './schema-differences.ts';
import { sessionChecks } from './session-checks.ts';
import { writtenChecks } from './written-checks.ts';

/** What one look at the store came to. */
export interface Finding {
  readonly check: string;
  /** A line for each thing that is wrong; not all of them where there are many. */
  readonly wrong: readonly string[];
}

/** Of these two the others depend: where one finds anything, they are not made. */
const ground: readonly Check[] = [
  { title: 'the database is whole, and rows refer to rows that are there', find: (archive) => archive.damage() },
  { title: 'the schema is the one that the migrations make', find: schemaDifferences },
];

const checks: readonly Check[] = [...mentorshipChecks, ...accountChecks, ...sessionChecks, ...writtenChecks];

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
  const make = async (check: Check) => {
    findings.push(await look(archive, check));
    onProgress(findings.length, ground.length + checks.length);
    return findings.every(({ wrong }) => wrong.length === 0);
  };
  onProgress(0, ground.length + checks.length);
  const [pages, schema] = ground;
  if (pages && !(await make(pages))) return findings;
  await requireOurs(archive);
  if (schema && !(await make(schema))) return findings;
  for (const check of checks) await make(check);
  return findings;
};

const look = async (archive: Archive, { title, find }: Check): Promise<Finding> => {
  const wrong = await find(archive);
  const more = wrong.length > most ? ['and more'] : [];
  return { check: title, wrong: [...wrong.slice(0, most), ...more] };
};
