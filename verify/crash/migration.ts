import { isDeepStrictEqual } from 'node:util';
import { goldenRecord, growGolden, loadGolden } from '../../tests/support/store/golden.ts';
import { schemaOf } from '../../tests/support/store/releases.ts';
import { call, type Service } from '../../tests/support/processes/service.ts';
import { type Database, databaseAt } from '../../tests/support/store/stores.ts';
import type { Target } from './targets.ts';

/** How many users are added to an older database, so that to migrate it takes a while. */
const many = 40_000;

/** A golden database in which there are very many users. */
export const growOld = async (target: Target, schema: string): Promise<string> => {
  const url = await target.create(`grown_${schema}`);
  const database = databaseAt(url);
  await loadGolden(target.name, schema, database);
  await growGolden(database, many);
  return url;
};

const applied = async ({ query }: Database) =>
  (await query('select name, applied_at from schema_migrations order by name')).map(({ name, applied_at: at }) => ({
    name: String(name),
    at: Date.parse(String(at)),
  }));

/** Whether the migration that made the newest schema began after this moment: by then none had been done. */
export const migratedAfter = async (url: string, moment: number): Promise<boolean> =>
  ((await applied(databaseAt(url))).at(-1)?.at ?? 0) > moment;

/** Whether the schema is that of the database in use. */
export const isSchemaOfUse = async ({ name, url: inUse }: Target, url: string): Promise<boolean> =>
  isDeepStrictEqual(await schemaOf(name, databaseAt(url)), await schemaOf(name, databaseAt(inUse)));

/** What is not as it must be in a database that has been migrated after all. */
export const checkMigrated = async (target: Target, url: string, { url: service }: Service, schema: string) => {
  const wrong: string[] = [];
  const migrated = databaseAt(url);
  if (!(await isSchemaOfUse(target, url))) wrong.push('its schema is not that of a database that was never old');
  const [counts] = await migrated.query(`select
    (select count(*) from users where username like 'grown-%') as users,
    (select count(*) from mentorships where mentor_id = 1 and reason = 'removed' and started_at = ended_at) as ended,
    (select count(*) from mentorships m join users u on u.id = mentee_id
       where username like 'grown-%' and status = 'active' and started_at = m.created_at) as active,
    (select count(*) from sessions where id like 'grown-%' and last_used_at <> 'never') as sessions`);
  const found = ['users', 'ended', 'active', 'sessions'].map((what) => Number(counts?.[what]));
  if (Math.abs((found[1] ?? 0) - many) > 1 || found.toSpliced(1, 1).join() !== [many, many / 2, many].join())
    wrong.push(
      `of ${many} users, as many links that ended, half as many links and ${many} sessions there are ${found.join()}`,
    );
  const [{ username, password } = { username: '', password: '' }] = goldenRecord(schema)[target.name].people;
  const { status } = await call(service, 'POST /api/login', { body: { username, password } });
  if (status !== 200) wrong.push('whoever had a password cannot log in');
  return wrong;
};
