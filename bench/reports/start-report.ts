import type { Report } from '../../verify/support/report.ts';
import { withProgress } from '../choices.ts';
import { createDatabase } from '../databases.ts';
import { loadUsers } from '../load-users.ts';
import { hashPassword } from '../people.ts';
import { measureStarts } from '../starts.ts';

/** Reports the time to the first response, for each of these numbers of users. */
export const reportStarts = async (report: Report, sizes: readonly number[]) => {
  const found = [];
  for (const users of sizes) {
    await using database = await createDatabase('sqlite');
    await loadUsers(database.url, users, await hashPassword());
    found.push(
      await withProgress('starts', 11, (advance) => measureStarts(database.url, { users, times: 10, advance })),
    );
  }
  report.say('\nFrom spawn to the first response, SQLite');
  report.table(
    ['users', 'service', 'bare Fastify', 'times'],
    found.map(({ users, service, bare }) => [
      users,
      `${Math.round(service)} ms`,
      `${Math.round(bare)} ms`,
      (service / bare).toFixed(2),
    ]),
  );
  for (const { users, service, bare } of found)
    report.require(
      service <= 1.5 * bare,
      `with ${users} users the start takes ${(service / bare).toFixed(2)} times as long as bare Fastify's, not 1.5`,
    );
  return found;
};
