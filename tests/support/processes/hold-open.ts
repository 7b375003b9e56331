import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';

/** Holds the database open, like a program that uses it, until the result is disposed of. */
export const hold = async (url: string): Promise<AsyncDisposable> => {
  if (url.startsWith('sqlite:')) {
    const database = new DatabaseSync(url.slice('sqlite:'.length));
    database.exec('begin immediate');
    return { [Symbol.asyncDispose]: async () => database.close() };
  }
  const client = new Client({ connectionString: url });
  await client.connect();
  return { [Symbol.asyncDispose]: () => client.end() };
};
