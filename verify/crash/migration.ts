import { isDeepStrictEqual } from 'node:util';
import { goldenRecord, growGolden, loadGolden } from '../../tests/support/store/golden.ts';
import { schemaOf } from '../../tests/support/store/releases.ts';
import { call, type Service } from '../../tests/support/processes/service.ts';
import { type Database, databaseAt } from '../../tests/support/store/stores.ts';
import type { Target } from './targets.ts';

/** The number of users added to an older database, so that its migration takes some time. */
const addedUsers = 40_000;

/** Creates a golden database with many added users. */
export const growOld = async (target: Target, schema: string): Promise<string> => {
  const url = await target.create(`grown_${schema}`);
  const database = databaseAt(url);
  await loadGolden(target.name, schema, database);
  await growGolden(database, addedUsers);
  return url;
};

const applied = async ({ query }: Database) =>
  (await query('select name, applied_at from schema_migrations order by name')).map(({ name, applied_at: at }) => ({
    name: String(name),
    at: Date.parse(String(at)),
  }));

/** Whether the last migration began after this time: then none had been applied by that time. */
export const migratedAfter = async (url: string, time: number): Promise<boolean> =>
  ((await applied(databaseAt(url))).at(-1)?.at ?? 0) > time;

/** Whether the database has the same schema as the database in use. */
export const isSchemaOfUse = async ({ name, url: inUse }: Target, url: string): Promise<boolean> =>
  isDeepStrictEqual(await schemaOf(name, databaseAt(url)), await schemaOf(name, databaseAt(inUse)));

/** Returns what is wrong in a database after its migration. */
export const checkMigrated = async (target: Target, url: string, { url: service }: Service, schema: string) => {
  const wrong: string[] = [];
  const migrated = databaseAt(url);
  if (!(await isSchemaOfUse(target, url))) wrong.push('the migrated schema differs from the schema of a new database');
  const [counts] = await migrated.query(`select
    (select count(*) from users where username like 'grown-%') as users,
    (select count(*) from mentorships where mentor_id = 1 and reason = 'removed' and started_at = ended_at) as ended,
    (select count(*) from mentorships m join users u on u.id = mentee_id
       where username like 'grown-%' and status = 'active' and started_at = m.created_at) as active,
    (select count(*) from sessions where id like 'grown-%' and last_used_at <> 'never') as sessions`);
  const found = ['users', 'ended', 'active', 'sessions'].map((what) => Number(counts?.[what]));
  if (
    Math.abs((found[1] ?? 0) - addedUsers) > 1 ||
    found.toSpliced(1, 1).join() !== [addedUsers, addedUsers / 2, addedUsers].join()
  )
    wrong.push(
      `of ${addedUsers} users, as addedUsers links that ended, half as addedUsers links and ${addedUsers} sessions there are ${found.join()}`,
    );
  const [{ username, password } = { username: '', password: '' }] = goldenRecord(schema)[target.name].people;
  const { status } = await call(service, 'POST /api/login', { body: { username, password } });
  if (status !== 200) wrong.push('a user of the old database cannot log in');
  return wrong;
};
