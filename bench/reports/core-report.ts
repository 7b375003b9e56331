import type { Report } from '../../verify/support/report.ts';
import { type Choices, defaultUsers, withProgress } from '../choices.ts';
import { clientName } from '../client.ts';
import { measureCores } from '../cores.ts';
import { createDatabase } from '../databases.ts';
import { loadUsers } from '../load-users.ts';
import { hashPassword } from '../people.ts';

/** Reports how much more two processes read than one. */
export const reportCores = async (report: Report, { rounds, seconds }: Choices) => {
  if (clientName !== 'wrk') {
    report.say('\nComparing two processes with one needs wrk, which leaves them the cores: install it.');
    return null;
  }
  await using database = await createDatabase('sqlite');
  await loadUsers(database.url, defaultUsers, await hashPassword());
  const found = await withProgress('processes', 2 * (rounds + 1), (advance) =>
    measureCores(database.url, { users: defaultUsers, rounds, seconds, advance }),
  );
  report.say('\nReads of two processes, as a multiple of one');
  report.table(
    ['program', 'times'],
    Object.entries(found).map(([program, gain]) => [program, gain.toFixed(2)]),
  );
  report.require(
    found.service / found.control >= 0.95,
    `the service scales ${(found.service / found.control).toFixed(2)} as well as the control, not 0.95`,
  );
  return found;
};
