import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readSources } from '../../support/architecture.ts';
import { addCrowd } from '../../support/store/crowd.ts';
import { fromTheBeginning, planStatements, wholeTable } from '../../support/store/plans.ts';
import { watchBuilders } from '../../support/store/prepared-queries.ts';
import { collectQueries, toSqlFiles } from '../../support/store/queries.ts';
import { recordStatements } from '../../support/store/statements.ts';
import { describeOnEachDatabase, openOn } from '../../support/store/stores.ts';

/** The queries that cannot be prepared because they have lists of varying length, by the file that builds them. */
const builtEachTime: Readonly<Record<string, readonly RegExp[]>> = {
  'security/attempt-repository.ts': [/^delete from "attempt_counts" where "key" in /],
  'security/security-event-repository.ts': [
    /^insert into "security_events" .* values .*\), \(/,
    /^delete from "security_events" where "id" in /,
  ],
  'sessions/session-repository.ts': [/^delete from "sessions" where "id" in /],
  'mentorships/message-pruning.ts': [/^update "mentorships" set "message" = .* where "id" in /],
  'users/mentor-profile.ts': [/^insert into "user_skills" /],
};

/** Files that execute prepared queries, or statements about the schema before there is a store. */
const withoutQueries = /^(engine|sqlite|postgres|schema|migrations)\//;

const reviewed = fileURLToPath(new URL('../../../packages/adapters/queries', import.meta.url));

describeOnEachDatabase('every query', (create, name) => {
  test('is written in packages/adapters/queries, and reads by an index', async () => {
    const database = await create();
    const store = await openOn(database);
    await addCrowd(name, database);
    const unbuilt = watchBuilders();
    const methods = await collectQueries(store, recordStatements());

    expect(unbuilt(), 'prepared queries that no call in tests/support/store runs').toEqual([]);
    const files = toSqlFiles(methods);
    for (const [file, text] of files)
      await expect(text, 'Run `npx -y pnpm@12 queries` and review the changed SQL.').toMatchFileSnapshot(
        join(reviewed, name, file),
      );
    expect(files.map(([file]) => file)).toEqual(expect.arrayContaining(readdirSync(join(reviewed, name))));

    const plans = await planStatements(
      name,
      database,
      methods.flatMap(({ queries }) => queries),
      [],
    );
    for (const query of Object.values(builtEachTime).flat())
      expect(
        plans.some(({ sql }) => query.test(sql)),
        `${query} was sent`,
      ).toBe(true);
    for (const step of [wholeTable[name], fromTheBeginning[name]])
      expect(plans.filter(({ plan }) => step.test(plan))).toEqual([]);
  });
});

test('every query is prepared, unless it has a list of varying length', () => {
  const adapter = 'packages/adapters/src/kysely/';
  const executions = readSources()
    .filter(({ path }) => path.startsWith(adapter))
    .map(
      ({ path, text }) => [path.slice(adapter.length), text.match(/\.(execute|stream)\w*[(<]/g)?.length ?? 0] as const,
    )
    .filter(([file, count]) => count > 0 && !withoutQueries.test(file));
  expect(Object.fromEntries(executions)).toEqual(
    Object.fromEntries(Object.entries(builtEachTime).map(([file, queries]) => [file, queries.length])),
  );
});
