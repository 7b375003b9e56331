import type { Report } from '../../verify/support/report.ts';
import { defaultUsers, withProgress } from '../choices.ts';
import { createDatabase } from '../databases.ts';
import { loadUsers } from '../load-users.ts';
import { measureLogins } from '../logins.ts';
import { hashPassword } from '../people.ts';

const round = (value: number): number => Number(value.toFixed(value < 10 ? 1 : 0));

/** Reports the throughput of logins compared with the hashing function, and how much they slow concurrent reads. */
export const reportLogins = async (report: Report) => {
  await using database = await createDatabase('sqlite');
  await loadUsers(database.url, defaultUsers, await hashPassword());
  const niceness = [0, 5, 10, 19];
  const found = await withProgress('logins', niceness.length, async (advance) => {
    const figures = [];
    for (const nice of niceness) {
      figures.push(await measureLogins(database.url, { niceness: nice, seconds: 2.5, clients: 8 }));
      advance();
    }
    return figures;
  });
  report.say('\nLogins by 8 clients that wait for their responses, while a profile is read every 10 ms');
  report.table(
    ['HASH_NICENESS', 'logins/s', 'hashes/s alone', 'share', 'idle p50 ms', 'p99', 'busy p50', 'p99 ', 'p99 of idle'],
    found.map(({ niceness, perSecond, hashesPerSecond, idle, busy }) => [
      niceness,
      round(perSecond),
      round(hashesPerSecond),
      (perSecond / hashesPerSecond).toFixed(2),
      idle.p50.toFixed(2),
      idle.p99.toFixed(2),
      busy.p50.toFixed(2),
      busy.p99.toFixed(2),
      `${(busy.p99 / idle.p99).toFixed(1)} times`,
    ]),
  );
  for (const { niceness, perSecond, hashesPerSecond, idle, busy } of found.filter(({ niceness }) => niceness === 10)) {
    report.require(
      perSecond / hashesPerSecond >= 0.95,
      `logins reach ${(perSecond / hashesPerSecond).toFixed(2)} of the hashing function, not 0.95`,
    );
    report.require(
      busy.p99 <= 4 * idle.p99,
      `reads have ${(busy.p99 / idle.p99).toFixed(1)} times their idle p99 at HASH_NICENESS=${niceness}, not 4`,
    );
  }
  return found;
};
