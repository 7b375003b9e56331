import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { password } from '../../tests/support/processes/service.ts';

/** Replaces the hashes of the users with one in the format of Django's PBKDF2PasswordHasher. No process may be running. */
export const insertPbkdf2Hashes = (databaseUrl: string, usernames: readonly string[], iterations: number): void => {
  const salt = randomBytes(16).toString('hex');
  const digest = pbkdf2Sync(password, salt, iterations, 32, 'sha256').toString('base64');
  const hash = `pbkdf2_sha256$${iterations}$${salt}$${digest}`;

  const database = new DatabaseSync(databaseUrl.slice('sqlite:'.length));
  try {
    const update = database.prepare('update users set password_hash = ? where username = ?');
    for (const username of usernames) {
      if (update.run(hash, username).changes !== 1) throw new Error(`The user ${username} does not exist.`);
    }
  } finally {
    database.close();
  }
};
