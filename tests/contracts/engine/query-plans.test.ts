import { expect, test } from 'vitest';
import { unbuilt } from '../../../packages/adapters/src/kysely/engine/prepared-query.ts';
import { readSources } from '../../support/architecture.ts';
import { addCrowd } from '../../support/store/crowd.ts';
import { makeEveryCall } from '../../support/store/every-call.ts';
import { fromTheBeginning, openPlanner, wholeTable } from '../../support/store/plans.ts';
import { describeOnEachDatabase, openOn } from '../../support/store/stores.ts';

/** The queries that are no statements, because they have lists of varying length, by the file that builds them. */
const builtEachTime: Readonly<Record<string, readonly RegExp[]>> = {
  'attempt-repository.ts': [/^delete from "attempt_counts" where "key" in /],
  'mentor-profiles.ts': [/^insert into "user_skills" /],
  'security-event-repository.ts': [
    /^insert into "security_events" .* values .*\), \(/,
    /^delete from "security_events" where "id" in /,
  ],
  'session-repository.ts': [/^delete from "sessions" where "id" in /],
};

/** Runs the statements; the others ask before there is a store to ask, of its schema. */
const elsewhere = /^(statement|migrate|tables|migrations\/.*)\.ts$/;

describeOnEachDatabase('every query', (create, name) => {
  test('finds what it reads by an index', async () => {
    const database = await create();
    await openOn(database);
    await addCrowd(name, database);
    const plans = await openPlanner(name, database)(makeEveryCall, []);

    expect([...unbuilt].map(String), 'statements that no call of every-call.ts runs').toEqual([]);
    for (const query of Object.values(builtEachTime).flat())
      expect(
        plans.some(({ sql }) => query.test(sql)),
        `${query} was asked`,
      ).toBe(true);
    for (const reading of [wholeTable[name], fromTheBeginning[name]])
      expect(plans.filter(({ plan }) => reading.test(plan))).toEqual([]);
  });
});

test('every query is a statement, unless it has a list of varying length', () => {
  const folder = 'packages/adapters/src/kysely/';
  const running = readSources()
    .filter(({ path }) => path.startsWith(folder))
    .map(
      ({ path, text }) => [path.slice(folder.length), text.match(/\.(execute|stream)\w*[(<]/g)?.length ?? 0] as const,
    )
    .filter(([file, times]) => times > 0 && !elsewhere.test(file));
  expect(Object.fromEntries(running)).toEqual(
    Object.fromEntries(Object.entries(builtEachTime).map(([file, queries]) => [file, queries.length])),
  );
});
