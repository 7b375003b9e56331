import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

/** Runs SQL on the database. No process of the service may be running. */
const execute = async (databaseUrl: string, ...statements: readonly string[]): Promise<void> => {
  if (databaseUrl.startsWith('sqlite:')) {
    const database = new DatabaseSync(databaseUrl.slice('sqlite:'.length));
    for (const statement of statements) database.exec(statement);
    database.close();
    return;
  }
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.query('analyze');
  await client.end();
};

/** Every mentor is full, and every user but the first is below the second: filters find no user, the tree has all. */
export const plantCrowd = async (databaseUrl: string): Promise<void> =>
  execute(
    databaseUrl,
    'update users set mentor_capacity = 1 where id in (select mentor_id from mentorships)',
    `insert into mentorships (mentee_id, mentor_id, status, requested_by, created_at, started_at, version)
     select id, 2, 'active', 'mentee', created_at, created_at, 1 from users
     where id > 2 and id not in (select mentee_id from mentorships)`,
  );

/** Gives one user a hash that takes seconds to check, as imports once accepted it. */
export const plantHash = async (databaseUrl: string): Promise<void> =>
  execute(
    databaseUrl,
    `update users set password_hash = 'pbkdf2_sha256$9999999$salt$${Buffer.alloc(32, 1).toString('base64')}' where id = 9`,
  );
