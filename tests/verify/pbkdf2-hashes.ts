import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { password } from '../support/service.ts';

/** Gives the users, while no process runs on the database, a hash as Django's PBKDF2PasswordHasher writes it. */
export const bringPbkdf2Hashes = (databaseUrl: string, usernames: readonly string[], iterations: number): void => {
  const salt = randomBytes(16).toString('hex');
  const digest = pbkdf2Sync(password, salt, iterations, 32, 'sha256').toString('base64');
  const hash = `pbkdf2_sha256$${iterations}$${salt}$${digest}`;

  const database = new DatabaseSync(databaseUrl.slice('sqlite:'.length));
  try {
    const columns = database.prepare('pragma table_info(users)').all();
    const keepsIterations = columns.some(({ name }) => name === 'pbkdf2_iterations');
    const more = keepsIterations ? `, pbkdf2_iterations = ${iterations}` : '';
    const update = database.prepare(`update users set password_hash = ?${more} where username = ?`);
    for (const username of usernames) {
      if (update.run(hash, username).changes !== 1) throw new Error(`There is no user ${username}.`);
    }
  } finally {
    database.close();
  }
};
