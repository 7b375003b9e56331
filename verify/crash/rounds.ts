import { setTimeout as delay } from 'node:timers/promises';
import type { Launched, Service } from '../../tests/support/processes/service.ts';
import { databaseAt } from '../../tests/support/store/stores.ts';
import { check } from './check.ts';
import { checkMigrated, growOld, isSchemaOfUse, migratedAfter } from './migration.ts';
import { begin, ready, startAgain } from './starts.ts';
import { storm, type Writer } from './storm.ts';
import type { Target } from './targets.ts';
import type { Desk } from './writes.ts';
import type { Report } from '../support/report.ts';

/** What is killed, and during what. */
export type Kill = { what: 'service' | 'database' | 'both'; during: 'storm' | 'start' | 'migration' };

/** Everything that a round needs, and the findings of the rounds. */
export type Scene = {
  report: Report;
  target: Target;
  desk: Desk;
  writers: readonly Writer[];
  service: Service;
  /** The databases of older schemas, by schema. */
  old: Map<string, string>;
  /** The number of kills of each type, and of those that were hits. */
  kills: Map<string, { made: number; hit: number }>;
  /** The durations of starts, in milliseconds. */
  starts: { plain: number[]; withDatabase: number[]; migrating: number[] };
  partial: Set<string>;
  lost: Set<string>;
  arrived: number;
};

const between = (least: number, most: number) => least + Math.random() * (most - least);

const kill = async ({ target }: Scene, { what }: Kill, service: Launched): Promise<void> => {
  const services = what === 'database' ? [] : [service.stop('SIGKILL')];
  await Promise.all([...services, ...(what === 'service' ? [] : [target.kill()])]);
};

/** Starts again what was killed. A service that was not killed must recover by itself. */
const bringBack = async (scene: Scene, { what }: Kill): Promise<void> => {
  const { report, target, desk, starts } = scene;
  const start = performance.now();
  if (what !== 'service') await target.startAgain();
  if (what === 'database') await ready(scene.service.url);
  else scene.service = await startAgain(report, target.url, starts.plain);
  if (what !== 'service') starts.withDatabase.push(performance.now() - start);
  desk.url = scene.service.url;
};

const checkAll = async (scene: Scene): Promise<void> => {
  const { lost, partial, arrived } = await check(scene.desk, scene.target, scene.writers);
  for (const one of lost) scene.lost.add(one);
  for (const one of partial) scene.partial.add(one);
  scene.arrived += arrived.length;
};

/** Each kills, starts everything again, and resolves to whether the kill was a hit. */
const situations: Record<Kill['during'], (scene: Scene, how: Kill, round: number) => Promise<boolean>> = {
  async storm(scene, how) {
    const before = scene.desk.ledger.acknowledged;
    const over = storm(scene.desk, scene.writers);
    await delay(between(200, 2000));
    await kill(scene, how, scene.service);
    await over;
    await bringBack(scene, how);
    return scene.desk.ledger.acknowledged > before;
  },

  /** On the database in use and on an empty one at the same time. */
  async start(scene, how, round) {
    const { report, target, starts, partial } = scene;
    await scene.service.stop('SIGKILL');
    const empty = await target.create(`empty_${round}`);
    const launched = [target.url, empty].map(begin);
    await delay(between(0, Math.min(...starts.plain)));
    const listening = launched.some(({ output }) => output.stderr !== '');
    await Promise.all([...launched.map(({ stop }) => stop('SIGKILL')), kill(scene, how, scene.service)]);
    await bringBack(scene, how.what === 'database' ? { ...how, what: 'both' } : how);
    const service = await startAgain(report, empty, starts.plain);
    if (!(await isSchemaOfUse(target, empty))) partial.add('an empty database did not get the schema');
    await service.stop('SIGKILL');
    await target.drop(empty);
    return !listening;
  },

  async migration(scene, how, round) {
    const { report, target, old, starts, partial } = scene;
    const [schema, grown] = [...old][round % old.size] ?? ['', ''];
    const url = await target.create(`old_${round}`, grown);
    const launched = begin(url);
    const watcher = await databaseAt(url).connect();
    const ended = launched.ended.then(() => true);
    while (!(await target.isWriting(watcher)) && !(await Promise.race([ended, delay(3, false)])));
    await delay(between(0, 0.7 * (Math.min(...starts.migrating) - Math.min(...starts.plain))));
    const writing = await target.isWriting(watcher);
    await watcher.close();
    const killedAt = Date.now();
    await kill(scene, how, launched);
    await launched.stop('SIGKILL');
    // The kill of the database also affects the service in use.
    if (how.what !== 'service') await bringBack(scene, how);
    const service = await startAgain(report, url, starts.migrating);
    for (const wrong of await checkMigrated(target, url, service, schema)) partial.add(wrong);
    await service.stop('SIGKILL');
    const hit = writing && (await migratedAfter(url, killedAt));
    await target.drop(url);
    return hit;
  },
};

export const runRound = async (scene: Scene, how: Kill, round: number): Promise<void> => {
  const hit = await situations[how.during](scene, how, round);
  await checkAll(scene);
  const name = `${how.what}, during a ${how.during}`;
  const { made, hit: hits } = scene.kills.get(name) ?? { made: 0, hit: 0 };
  scene.kills.set(name, { made: made + 1, hit: hits + Number(hit) });
};

/** Migrates each older database once without a kill, to measure the duration. */
export const growAll = async (report: Report, target: Target, starts: Scene['starts']): Promise<Scene['old']> => {
  const old = new Map<string, string>();
  for (const schema of ['0001', '0002']) {
    const grown = await growOld(target, schema);
    old.set(schema, grown);
    const url = await target.create(`undisturbed_${schema}`, grown);
    await (await startAgain(report, url, starts.migrating)).stop('SIGKILL');
    await target.drop(url);
  }
  return old;
};
